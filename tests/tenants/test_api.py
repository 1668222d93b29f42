"""Asking, deciding and looking over REST, as a script does it."""

import pytest

from approvals.models import Plan, Request
from tenants.models import Namespace
from tenants.wish import NamespaceWish
from tests.clients import token_client
from tests.factories import make_user
from tests.tenancy import make_cluster, make_namespace, make_wish

pytestmark = pytest.mark.django_db

BODY = {
    "team": "vision",
    "cluster": "fra-1",
    "name": "vision-prod",
    "cpu": "8",
    "memory": "32Gi",
    "storage": "100Gi",
    "gpus": {"h100": "1"},
    "justification": "We train the new line.",
}


@pytest.fixture
def alice():
    make_cluster()
    return token_client(make_user("alice", {"vision": "owner"}), "read", "write", "decide")


@pytest.fixture
def dana():
    return token_client(make_user("dana", platform_roles=["approver"]), "read", "write", "decide")


def opened(client, **changes):
    answer = client.post("/api/v1/namespace-requests/", {**BODY, **changes})
    assert answer.status_code == 201, answer.json()
    return answer


def decide(client, request, verb, **body):
    return client.post(f"/api/v1/requests/{request['id']}/{verb}/", {"version": 1, **body})


def test_a_script_can_ask_and_follow_the_location(alice):
    answer = opened(alice)
    assert alice.get(answer["Location"]).json()["requested"]["resources"]["gpus"] == {"h100": 1}
    plan = alice.get(f"/api/v1/requests/{answer.json()['id']}/plan/").json()
    assert (plan["state"], plan["objects"]) == ("preparing", [])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"cpu": "-1"}, "cpu"),
        ({"cpu": " 2"}, "cpu"),
        ({"memory": "1e400"}, "memory"),
        ({"gpus": {"h100": "0.5"}}, "gpus"),
        ({"environment": "prod"}, "environment"),
        ({"gpus": {"b200": "1"}}, "gpus"),
        ({"name": "kube-system"}, "name"),
        ({"name": "Bad Name"}, "name"),
        ({"team": "speech"}, "team"),
        ({"cluster": "nowhere"}, "cluster"),
        ({"ends_at": "yesterday"}, "ends_at"),
        ({"ends_at": "2020-01-01"}, "ends_at"),
        ({"justification": ""}, "justification"),
        ({"gpus": ["h100"]}, "gpus"),
    ],
)
def test_what_cannot_be_asked_is_a_problem_that_names_the_field(alice, changes, field):
    answer = alice.post("/api/v1/namespace-requests/", {**BODY, **changes})
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert field in answer.json()["errors"]
    assert not Request.objects.exists()


def test_the_environment_is_asked_for_and_stands_on_the_namespace(alice, dana):
    assert opened(alice, name="vision-dev").json()["requested"]["environment"] == "development"
    request = opened(alice, environment="production").json()
    decide(dana, request, "approve", confirmed=True)
    listed = alice.get("/api/v1/namespaces/?environment=production").json()["results"]
    assert [(row["name"], row["environment"]) for row in listed] == [("vision-prod", "production")]
    space = alice.get(f"/api/v1/namespaces/{listed[0]['id']}/manifests/").json()[0]
    assert space["metadata"]["labels"]["slipway.dev/environment"] == "production"


def test_a_snapshot_from_before_there_were_environments_is_development():
    snapshot = make_wish("fra-1", "old").dump()
    del snapshot["environment"]
    assert NamespaceWish.load(snapshot).environment == "development"


def test_the_same_key_asks_once(alice):
    answers = [alice.post("/api/v1/namespace-requests/", BODY, headers={"Idempotency-Key": "k1"}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert Request.objects.count() == 1


def test_a_change_needs_the_etag_that_was_seen(alice):
    answer = opened(alice)
    path = f"/api/v1/namespace-requests/{answer.json()['id']}/"
    change = {key: BODY[key] for key in ("memory", "storage", "gpus", "justification")} | {"cpu": "16"}
    assert alice.put(path, change).status_code == 428
    assert alice.put(path, change, headers={"If-Match": '"request-1-99"'}).status_code == 412
    changed = alice.put(path, change, headers={"If-Match": answer["ETag"]})
    assert changed.status_code == 200
    assert (changed.json()["version"], changed.json()["requested"]["resources"]["cpu"]) == (2, 16000)
    assert alice.put(path, change, headers={"If-Match": answer["ETag"]}).status_code == 412


def test_a_change_cannot_touch_what_is_fixed(alice):
    answer = opened(alice)
    path = f"/api/v1/namespace-requests/{answer.json()['id']}/"
    body = {**BODY, "name": "other", "team": "speech", "state": "approved", "requester": "root", "version": 7}
    assert alice.put(path, body, headers={"If-Match": answer["ETag"]}).status_code == 200
    request = Request.objects.get()
    assert (request.subject, request.team.name, request.state, request.requester.username) == (
        "namespace/fra-1/vision-prod",
        "vision",
        "pending",
        "alice",
    )


def test_the_one_who_asked_cannot_approve(alice):
    request = opened(alice).json()
    assert decide(alice, request, "approve").status_code == 403
    assert Request.objects.get().state == "pending"


def test_an_approver_can_approve_with_other_numbers(alice, dana):
    request = opened(alice).json()
    assert decide(dana, request, "approve").json()["code"] == "no_plan"
    Plan.objects.update(made_for=1, observed_generation=1)
    answer = decide(dana, request, "approve", decided={"gpus": {}, "cpu": "4"}, reason="no cards left")
    assert answer.status_code == 200, answer.json()
    assert (answer.json()["state"], answer.json()["outcome"]) == ("approved", "applying")
    namespace = alice.get(f"/api/v1/namespaces/{answer.json()['result_id']}/").json()
    assert namespace["quota"] == {"cpu": "4", "memory": "32Gi", "storage": "100Gi", "gpus": {}}
    assert decide(dana, request, "approve").status_code == 409


def test_an_approver_is_told_about_numbers_that_cannot_be(alice, dana):
    request = opened(alice).json()
    for decided, field in (({"cpu": "-1"}, "cpu"), ({"name": "x"}, "name"), ({"gpus": {"b200": "1"}}, "gpus")):
        answer = decide(dana, request, "approve", decided=decided, confirmed=True)
        assert answer.status_code == 400
        assert field in answer.json()["errors"]
    assert Request.objects.get().state == "pending"


def test_a_token_without_decide_cannot_decide(alice):
    request = opened(alice).json()
    weak = token_client(make_user(platform_roles=["approver"]), "read", "write")
    assert decide(weak, request, "reject", reason="no").status_code == 403
    assert Request.objects.get().state == "pending"


def test_a_rejection_needs_a_reason(alice, dana):
    request = opened(alice).json()
    assert "reason" in decide(dana, request, "reject").json()["errors"]
    assert decide(dana, request, "reject", reason="not this year").json()["state"] == "rejected"


def test_a_stranger_meets_404_everywhere(alice):
    namespace = make_namespace()
    request = namespace.request
    stranger = token_client(make_user(team_roles={"speech": "owner"}), "read", "write", "decide")
    for method, path in (
        ("get", f"/api/v1/requests/{request.pk}/"),
        ("get", f"/api/v1/requests/{request.pk}/plan/"),
        ("post", f"/api/v1/requests/{request.pk}/withdraw/"),
        ("post", f"/api/v1/requests/{request.pk}/comments/"),
        ("get", f"/api/v1/namespaces/{namespace.pk}/"),
        ("get", f"/api/v1/namespaces/{namespace.pk}/pods/"),
        ("get", f"/api/v1/namespaces/{namespace.pk}/events/"),
        ("get", f"/api/v1/namespaces/{namespace.pk}/manifests/"),
        ("post", f"/api/v1/namespaces/{namespace.pk}/retry/"),
        ("delete", f"/api/v1/namespaces/{namespace.pk}/?confirm={namespace.name}"),
    ):
        assert getattr(stranger, method)(path).status_code == 404, (method, path)
    assert stranger.get("/api/v1/requests/").json()["count"] == 0
    assert stranger.get("/api/v1/namespaces/?team=vision").json()["count"] == 0
    assert Namespace.objects.get().deletion_requested_at is None


def test_a_deletion_needs_the_name_and_is_followed_by_polling(alice):
    namespace = make_namespace()
    path = f"/api/v1/namespaces/{namespace.pk}/"
    assert alice.delete(path).status_code == 400
    answer = alice.delete(f"{path}?confirm={namespace.name}")
    assert (answer.status_code, answer.json()["state"]) == (202, "deleting")
    assert alice.get(answer["Location"]).json()["state"] == "deleting"


def test_lists_filter_search_and_page(alice, dana):
    for number in range(3):
        opened(alice, name=f"vision-{number}")
    assert dana.get("/api/v1/requests/?q=vision-1").json()["count"] == 1
    assert dana.get("/api/v1/requests/?state=approved").json()["count"] == 0
    page = dana.get("/api/v1/requests/?page_size=2&ordering=created_at").json()
    assert (page["count"], len(page["results"]), page["previous"]) == (3, 2, None)
    assert page["results"][0]["title"] == "Namespace vision-0"
