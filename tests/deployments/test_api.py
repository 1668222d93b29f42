"""Deploying, changing, rolling out and looking over REST, as a script does it."""

import json

import pytest

from approvals.models import Request
from audit.models import Entry
from clusters.models import Event
from deployments.models import ModelDeployment, Revision, Rollout
from deployments.spec import Scaling
from tests.clients import token_client
from tests.deploying import (
    make_deployment,
    make_model,
    make_rollout,
    make_serving_namespace,
    make_spec,
    make_version,
    observe_pod,
    observe_service,
    revise,
)
from tests.deployments.asking import set_environment
from tests.factories import make_team, make_user

pytestmark = pytest.mark.django_db
PATH = "/api/v1/deployments/"


@pytest.fixture
def namespace():
    make_version(aliases=("champion",))
    return make_serving_namespace(name="vision-lab")


@pytest.fixture
def bob():
    return token_client(make_user("bob", {"vision": "member"}))


BODY = {
    "cluster": "fra-1",
    "namespace": "vision-lab",
    "name": "defects",
    "model": "defects",
    "alias": "champion",
    "runtime": "sklearn",
    "cpu_request": "500m",
    "cpu_limit": "1",
    "memory_request": "1Gi",
    "memory_limit": "2Gi",
    "reason": "The new line.",
}


def deployed(client, **changes):
    answer = client.post(PATH, {**BODY, **changes})
    assert answer.status_code == 201, answer.json()
    return answer


def etag(client, path):
    return {"If-Match": client.get(path)["ETag"]}


def test_a_script_can_deploy_and_follow_the_location(namespace, bob):
    answer = deployed(bob)
    shown = bob.get(answer["Location"]).json()
    assert (shown["name"], shown["namespace"], shown["state"], shown["revision"], shown["source"]) == (
        "defects",
        "vision-lab",
        "applying",
        1,
        "defects v1",
    )
    assert (shown["spec"]["version"], shown["spec"]["alias"], shown["spec"]["cpu_limit"]) == (1, "champion", "1")
    assert shown["health"]["state"] == "progressing"
    assert ModelDeployment.objects.get().revision.author.username == "bob"


def test_where_policy_asks_the_answer_is_a_request_to_poll(namespace, bob):
    set_environment(namespace, "production")
    answer = bob.post(PATH, BODY)
    assert answer.status_code == 202
    request = Request.objects.get(kind="deployment")
    assert answer["Location"].endswith(f"/api/v1/requests/{request.pk}/")
    assert answer.json()["state"] == "pending"
    assert bob.get(answer["Location"]).json()["requested"]["name"] == "defects"
    assert not ModelDeployment.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"cpu_request": "-1"}, "cpu_request"),
        ({"cpu_request": "0.5m"}, "cpu_request"),
        ({"memory_request": "1"}, "memory_request"),
        ({"memory_limit": "512"}, "memory_limit"),
        ({"gpus": "0.5", "flavor": "h100"}, "gpus"),
        ({"model": "unknown"}, "model"),
        ({"alias": "challenger"}, "alias"),
        ({"name": "Bad"}, "name"),
        ({"namespace": "elsewhere"}, "namespace"),
        ({"cluster": "nowhere"}, "namespace"),
        ({"env": [{"name": "A", "value": "x"}]}, "env"),
        ({"env": [{"name": "A", "source": "secret", "object": "o", "key": "k", "value": "x"}]}, "env"),
        ({"minimum": 3, "maximum": 2}, "maximum"),
        ({"runtime": "perl"}, "runtime"),
        ({"trial": {"share": 101}}, "trial.share"),
        ({"trial": {}}, "trial.share"),
        ({"trial": {"share": 20}}, "share"),
        ({"follows": "nobody"}, "follows"),
        ({"args": "not a list"}, "args"),
    ],
)
def test_what_cannot_be_deployed_is_a_problem_that_names_the_field(namespace, bob, changes, field):
    answer = bob.post(PATH, {**BODY, **changes})
    assert answer.status_code == 400, answer.json()
    assert answer["Content-Type"] == "application/problem+json"
    assert any(name == field or name.startswith(f"{field}.") for name in answer.json()["errors"]), answer.json()
    assert not ModelDeployment.objects.exists()


def test_a_value_never_comes_in_and_never_comes_out(namespace, bob):
    canary = "canary-of-a-secret"
    refused = bob.post(PATH, {**BODY, "env": [{"name": "TOKEN", "source": "secret", "object": "hub", "key": "k", "value": canary}]})
    assert refused.status_code == 400
    assert canary not in refused.content.decode()
    path = deployed(bob, env=[{"name": "TOKEN", "source": "secret", "object": "hub", "key": "token"}])["Location"]
    assert bob.get(path).json()["spec"]["env"] == [{"name": "TOKEN", "source": "secret", "object": "hub", "key": "token"}]
    assert canary not in json.dumps(list(Entry.objects.values_list("detail", flat=True)))


def test_a_taken_name_is_a_conflict(namespace, bob):
    deployed(bob)
    answer = bob.post(PATH, BODY)
    assert (answer.status_code, answer.json()["code"]) == (409, "name_taken")
    assert Revision.objects.count() == 1


def test_the_same_key_deploys_once(namespace, bob):
    answers = [bob.post(PATH, BODY, headers={"Idempotency-Key": "k"}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert Revision.objects.count() == 1
    assert answers[2]["Idempotent-Replayed"] == "true"


def test_what_would_not_start_has_to_be_confirmed(namespace, bob):
    namespace.cluster.capabilities = {}
    namespace.cluster.save()
    answer = bob.post(PATH, BODY)
    assert (answer.status_code, answer.json()["code"]) == (409, "would_not_start")
    deployed(bob, confirmed=True)


def test_a_dry_run_says_everything_and_does_nothing(namespace, bob):
    set_environment(namespace, "production")
    before = Entry.objects.count()
    answer = bob.post(f"{PATH}?dry_run=true", BODY).json()
    assert answer["manifests"][0]["kind"] == "InferenceService"
    assert answer["approval"] == ["vision-lab is a production namespace."]
    assert "plan of the request" in answer["verdict"]
    assert answer["findings"] == []
    wrong = bob.post(f"{PATH}?dry_run=true", {**BODY, "name": "x-predictor"}).json()
    assert [finding["field"] for finding in wrong["findings"]] == ["name"]
    assert wrong["manifests"] == []
    assert "would be refused" in wrong["verdict"]
    assert (ModelDeployment.objects.count(), Request.objects.filter(kind="deployment").count(), Entry.objects.count()) == (0, 0, before)


def test_a_field_that_there_is_not_is_no_default_that_nobody_sees(namespace, bob):
    answer = bob.post(PATH, {**BODY, "replicas": 3})
    assert answer.status_code == 400 and "minimum" in answer.json()["errors"]["replicas"][0]
    path = deployed(bob)["Location"]
    answer = bob.patch(path, {"cpu": "2"}, headers=etag(bob, path))
    assert answer.status_code == 400 and "cpu_request" in answer.json()["errors"]["cpu"][0]
    answer = bob.patch(path, {"trial": {"share": 10, "max_error": "5"}}, headers=etag(bob, path))
    assert answer.status_code == 400 and "max_errors" in answer.json()["errors"]["trial.max_error"][0]
    assert ModelDeployment.objects.get().revisions.count() == 1


def test_findings_are_told_without_deploying(namespace, bob):
    namespace.cluster.capabilities = {}
    namespace.cluster.save()
    answer = bob.post(f"{PATH}findings/", BODY)
    assert answer.status_code == 200
    assert [(finding["code"], finding["level"]) for finding in answer.json()["findings"]] == [("no_serving", "blocks")]
    assert not ModelDeployment.objects.exists()


def test_a_change_needs_the_etag_that_was_seen(namespace, bob):
    path = deployed(bob)["Location"]
    assert bob.patch(path, {"maximum": 2, "minimum": 2}).status_code == 428
    seen = etag(bob, path)
    changed = bob.patch(path, {"maximum": 2, "minimum": 2, "reason": "more"}, headers=seen)
    assert changed.status_code == 200, changed.json()
    assert (changed.json()["revision"], changed.json()["spec"]["minimum"]) == (2, 2)
    assert changed["ETag"] == bob.get(path)["ETag"] != seen["If-Match"]
    assert bob.patch(path, {"maximum": 3}, headers=seen).status_code == 412
    assert Revision.objects.count() == 2


def test_a_part_keeps_what_it_does_not_name_and_a_whole_does_not(namespace, bob):
    path = deployed(bob, minimum=2, follows="champion", startup_seconds=60)["Location"]
    part = bob.patch(path, {"cpu_limit": "2"}, headers=etag(bob, path)).json()
    assert (part["spec"]["minimum"], part["spec"]["startup_seconds"], part["spec"]["cpu_limit"], part["follows"]) == (
        2,
        60,
        "2",
        "champion",
    )
    whole = {name: BODY[name] for name in ("model", "alias", "cpu_request", "memory_request")}
    answer = bob.put(path, whole, headers=etag(bob, path)).json()
    assert (answer["spec"]["minimum"], answer["spec"]["startup_seconds"], answer["spec"]["cpu_limit"], answer["follows"]) == (
        1,
        300,
        "500m",
        "",
    )


def test_what_is_read_can_be_sent_back(namespace, bob):
    path = deployed(bob)["Location"]
    spec = bob.get(path).json()["spec"]
    answer = bob.put(path, spec, headers=etag(bob, path))
    assert answer.status_code == 200, answer.json()
    assert answer.json()["spec"] == spec
    assert bob.patch(path, {}, headers=etag(bob, path)).status_code == 200
    assert ModelDeployment.objects.get().revisions.count() == 1, "what repeats what serves is no revision"


def test_a_change_cannot_touch_what_is_fixed(namespace, bob):
    path = deployed(bob)["Location"]
    make_serving_namespace(name="vision-other")
    body = {
        "name": "other",
        "namespace": "vision-other",
        "team": "speech",
        "generation": 99,
        "claim": "x",
        "author": "root",
        "state": "applied",
    }
    answer = bob.patch(path, body, headers=etag(bob, path))
    assert answer.status_code == 400 and set(answer.json()["errors"]) == set(body)
    row = ModelDeployment.objects.get()
    assert (row.name, row.namespace.name, row.revision.author.username) == ("defects", "vision-lab", "bob")
    assert row.claim != "x"
    assert row.generation < 99


def test_a_candidate_is_tried_its_share_changed_and_promoted(namespace, bob):
    path = deployed(bob)["Location"]
    make_version()
    trial = {"share": 20, "max_errors": "0.5", "max_p99": 200, "min_requests": 50}
    answer = bob.patch(path, {"version": 2, "trial": trial}, headers=etag(bob, path))
    assert answer.status_code == 200, answer.json()
    assert (answer.json()["revision"], answer.json()["rollout"]) == (1, {"candidate": 2, "share": 20})
    rollout = bob.get(f"{path}rollout/").json()
    assert (rollout["stable"], rollout["candidate"], rollout["max_errors"], rollout["max_p99"], rollout["ended"]) == (1, 2, "0.50", 200, "")
    assert bob.post(f"{path}rollout/share/", {"share": 50, "seen_share": 10}).json()["code"] == "stale_share"
    share = bob.post(f"{path}rollout/share/", {"share": 50, "seen_share": 20})
    assert (share.status_code, share.json()["share"]) == (202, 50)
    promoted = bob.post(f"{path}rollout/promote/", {"reason": "better"})
    assert (promoted.status_code, promoted.json()["ended"], promoted.json()["ended_by"]) == (202, "promoted", "bob")
    assert bob.get(path).json()["revision"] == 2
    assert bob.post(f"{path}rollout/promote/").json()["code"] == "rollout_ended"
    back = bob.post(f"{path}roll-back/", {"revision": 1})
    assert (back.status_code, back.json()["revision"], back.json()["spec"]["version"]) == (200, 3, 1)
    assert bob.get(f"{path}rollouts/").json()["count"] == 1


@pytest.mark.parametrize("what", ["share", "promote", "roll-back"])
def test_what_acts_on_a_rollout_that_never_began_says_how_one_begins(namespace, bob, what):
    path = deployed(bob)["Location"]
    answer = bob.post(f"{path}rollout/{what}/", {"share": 50, "seen_share": 20} if what == "share" else {})
    assert (answer.status_code, answer.json()["code"]) == (409, "no_rollout")
    assert "PATCH" in answer.json()["detail"] and '"trial": {"share": 10}' in answer.json()["detail"]


def test_what_a_call_names_and_is_not_there_is_told_with_what_there_is(namespace, bob):
    path = deployed(bob)["Location"]
    calls = {
        "no_revision": bob.post(f"{path}roll-back/", {"revision": 9}),
        "no_namespace": bob.post(f"{path}promote-to/", {"namespace": "elsewhere"}),
        "no_rollout": bob.get(f"{path}rollout/"),
    }
    words = {"no_revision": "its newest is 1", "no_namespace": "“elsewhere” on fra-1", "no_rollout": "Begin one"}
    for code, answer in calls.items():
        assert (answer.status_code, answer.json()["code"]) == (404, code)
        assert words[code] in answer.json()["detail"]
    assert "its newest is 1" in bob.get(f"{path}revisions/9/").json()["detail"]
    assert "its newest is 1" in bob.get(f"{path}revisions/1/diff/?against=9").json()["detail"]


def test_a_candidate_is_rolled_back(namespace, bob):
    path = deployed(bob)["Location"]
    assert bob.get(f"{path}rollout/").status_code == 404
    make_rollout(ModelDeployment.objects.get())
    assert bob.post(f"{path}rollout/roll-back/", {}).json()["ended"] == "rolled_back"
    assert bob.get(f"{path}rollout/").json()["ended"] == "rolled_back"


def test_every_revision_can_be_read_and_compared(namespace, bob):
    path = deployed(bob)["Location"]
    bob.patch(path, {"cpu_limit": "2", "reason": "more"}, headers=etag(bob, path))
    bob.patch(path, {"maximum": 2, "minimum": 2}, headers=etag(bob, path))
    revisions = bob.get(f"{path}revisions/").json()
    assert [(row["number"], row["author"], row["reason"]) for row in revisions["results"]] == [
        (3, "bob", ""),
        (2, "bob", "more"),
        (1, "bob", "The new line."),
    ]
    assert bob.get(f"{path}revisions/2/").json()["spec"]["cpu_limit"] == "2"
    assert bob.get(f"{path}revisions/2/diff/").json() == [{"field": "cpu_limit", "before": "1", "after": "2"}]
    assert {row["field"] for row in bob.get(f"{path}revisions/3/diff/?against=1").json()} == {"cpu_limit", "minimum", "maximum"}
    assert len(bob.get(f"{path}revisions/1/diff/").json()) > 20
    for missing in ("revisions/9/", "revisions/9/diff/", "revisions/1/diff/?against=9"):
        assert bob.get(path + missing).status_code == 404
    assert bob.get(f"{path}revisions/1/diff/?against=x").status_code == 400
    assert bob.post(f"{path}roll-back/", {"revision": 9}).status_code == 404


def test_pause_resume_retry_and_follow(namespace, bob):
    path = deployed(bob)["Location"]
    paused = bob.post(f"{path}pause/")
    assert (paused.status_code, paused.json()["paused"], paused["Location"]) == (202, True, path)
    assert bob.post(f"{path}pause/").status_code == 409
    assert bob.post(f"{path}resume/").json()["paused"] is False
    assert bob.post(f"{path}retry/").status_code == 202
    assert bob.post(f"{path}follow/", {"alias": "champion"}).json()["follows"] == "champion"
    assert bob.post(f"{path}follow/", {"alias": "nobody"}).status_code == 400


def test_promote_to_the_next_environment(namespace, bob):
    path = deployed(bob)["Location"]
    set_environment(make_serving_namespace(name="vision-staging"), "staging")
    set_environment(make_serving_namespace(name="vision-prod"), "production")
    there = bob.post(f"{path}promote-to/", {"namespace": "vision-staging"})
    assert (there.status_code, there.json()["namespace"], there.json()["environment"]) == (201, "vision-staging", "staging")
    asked = bob.post(f"{path}promote-to/", {"namespace": "vision-prod", "reason": "it is good"})
    assert (asked.status_code, asked.json()["state"]) == (202, "pending")
    assert bob.post(f"{path}promote-to/", {"namespace": "elsewhere"}).status_code == 404


def test_a_deletion_needs_the_name_and_is_followed_by_polling(namespace, bob):
    path = deployed(bob)["Location"]
    assert bob.delete(path).status_code == 400
    for grace in ("soon", "-5", "1.5", "604801", "99999999"):
        refused = bob.delete(f"{path}?confirm=defects&grace_seconds={grace}")
        assert refused.status_code == 400
        assert "from 0 to 604800 (a week)" in refused.json()["errors"]["grace_seconds"][0], grace
    answer = bob.delete(f"{path}?confirm=defects&grace_seconds=60")
    assert (answer.status_code, answer.json()["state"]) == (202, "deleting")
    assert bob.get(answer["Location"]).json()["delete_after"] is not None
    assert bob.delete(f"{path}?confirm=defects").json()["code"] == "already_deleting"


def test_what_there_is_to_see_beside_it(namespace, bob):
    path = deployed(bob)["Location"]
    row = ModelDeployment.objects.get()
    observe_pod(row, "defects-pod")
    observe_service(row)
    assert [pod["name"] for pod in bob.get(f"{path}pods/").json()["results"]] == ["defects-pod"]
    for name in ("defects", "defects-predictor-5c", "defects-r2-predictor-7d-x", "defects-2", "defects-2-predictor-1"):
        about = {"involved_kind": "Pod", "involved_name": name, "reason": "Failed", "message": name, "last_at": row.created_at}
        Event.objects.create(cluster=namespace.cluster, namespace="vision-lab", uid=name, name=name, **about)
    told = {event["involved_name"] for event in bob.get(f"{path}events/").json()["results"]}
    assert told == {"defects", "defects-predictor-5c", "defects-r2-predictor-7d-x"}, "events of what only begins like it are another one's"
    assert bob.get(f"{path}scaling-steps/").json()["count"] == 0
    assert bob.get(f"{path}manifests/").json()[0]["metadata"]["name"] == "defects"
    assert bob.get(path).json()["url"] == "http://defects-vision-lab.example.com"


def test_lists_filter_search_order_and_page(namespace, bob):
    for name in ("a", "b", "c"):
        deployed(bob, name=f"detector-{name}")
    assert bob.get(f"{PATH}?q=detector-b").json()["count"] == 1
    assert bob.get(f"{PATH}?team=speech").json()["count"] == 0
    assert bob.get(f"{PATH}?health=progressing").json()["count"] == 3
    page = bob.get(f"{PATH}?page_size=2&ordering=-name").json()
    assert (page["count"], [row["name"] for row in page["results"]]) == (3, ["detector-c", "detector-b"])


def test_a_list_asks_the_database_the_same_however_long_it_is(namespace, bob, django_assert_max_num_queries):
    for number in range(6):
        make_deployment(namespace, f"detector-{number}")
    with django_assert_max_num_queries(9):
        assert bob.get(PATH).json()["count"] == 6


def test_a_stranger_meets_404_everywhere(namespace, bob):
    path = deployed(bob)["Location"]
    row = ModelDeployment.objects.get()
    make_rollout(row)
    stranger = token_client(make_user(team_roles={"speech": "owner"}))
    for method, part, body in (
        ("get", "", None),
        ("put", "", BODY),
        ("patch", "", {}),
        ("delete", "?confirm=defects", None),
        ("post", "pause/", None),
        ("post", "resume/", None),
        ("post", "retry/", None),
        ("post", "follow/", {"alias": ""}),
        ("post", "roll-back/", {"revision": 1}),
        ("post", "promote-to/", {"namespace": "vision-lab"}),
        ("post", "predict/", {}),
        ("get", "pods/", None),
        ("get", "events/", None),
        ("get", "manifests/", None),
        ("get", "scaling-steps/", None),
        ("get", "revisions/", None),
        ("get", "revisions/1/", None),
        ("get", "revisions/1/diff/", None),
        ("get", "rollouts/", None),
        ("get", "rollout/", None),
        ("post", "rollout/share/", {"share": 1, "seen_share": 20}),
        ("post", "rollout/promote/", {}),
        ("post", "rollout/roll-back/", {}),
    ):
        options = {"headers": {"If-Match": "*"}} if method in ("put", "patch") else {}
        assert getattr(stranger, method)(path + part, body, **options).status_code == 404, (method, part)
    assert stranger.get(f"{PATH}?team=vision&gone=true").json()["count"] == 0
    assert stranger.post(f"{PATH}findings/", BODY).status_code == 400
    fresh = ModelDeployment.objects.get()
    assert (fresh.paused, fresh.deletion_requested_at, Rollout.objects.get().share) == (False, None, 20)


def test_another_teams_namespace_and_model_are_answered_like_ones_that_never_were(namespace, bob):
    make_version(make_model("voices", make_team("speech")))
    make_serving_namespace(team="speech", name="speech-lab")
    for field, there, nowhere in (("namespace", "speech-lab", "speech-xyz"), ("model", "voices", "nothing")):
        told = [bob.post(PATH, {**BODY, field: value}).json()["errors"][field][0] for value in (there, nowhere)]
        assert told[0].replace(there, nowhere) == told[1]


def test_bodies_are_bounded(namespace, bob):
    assert bob.post(PATH, {**BODY, "reason": "x" * 2001}).status_code == 400
    assert bob.post(PATH, {**BODY, "args": ["x"] * 101}).status_code == 400
    assert bob.post(PATH, {**BODY, "uri": "s3://" + "x" * 2**20}).status_code == 413


def test_a_deleted_deployment_keeps_its_page_and_takes_no_change(namespace, bob):
    path = deployed(bob)["Location"]
    ModelDeployment.objects.update(deleted_at="2026-01-01T00:00:00Z", deletion_requested_at="2026-01-01T00:00:00Z")
    assert bob.get(path).json()["state"] == "deleted"
    assert bob.get(f"{path}manifests/").json() == []
    assert bob.get(PATH).json()["count"] == 0
    assert bob.get(f"{PATH}?gone=true").json()["count"] == 1
    assert bob.patch(path, {"cpu_limit": "2"}, headers=etag(bob, path)).status_code == 409
    assert ModelDeployment.objects.count() == 1


def test_revisions_keep_who_decided_them(namespace, bob):
    row = revise(namespace, "defects", make_spec(scaling=Scaling(2, 2)))
    shown = bob.get(f"{PATH}{row.pk}/revisions/1/").json()
    assert (shown["request"], shown["restores"]) == (None, None)
