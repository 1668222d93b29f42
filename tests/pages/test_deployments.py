"""The pages of deployments: what each state shows, to whom, and what is pressed on them."""

from dataclasses import replace
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db.models.functions import Now
from django.test import Client

from deployments.actions import propose_moved_version
from deployments.gathering import facts_of
from deployments.manifests.names import names_predictors
from deployments.models import DeploymentPolicy, ModelDeployment, Rollout, ScalingStep
from deployments.wish import Trial
from tests.deploying import (
    fail,
    failed_status,
    make_deployment,
    make_rollout,
    make_version,
    move_alias,
    observe_service,
    revise,
    settle,
)
from tests.factories import make_user
from tests.pages.browsing import page_client

pytestmark = pytest.mark.django_db
TABS = ("", "pods/", "traffic/", "revisions/", "yaml/")


def page(client: Client, row: ModelDeployment, tab: str = "") -> str:
    answer = client.get(f"/deployments/{row.pk}/{tab}")
    assert answer.status_code == 200
    return answer.content.decode()


def press(client: Client, row: Any, what: str, **sent: Any) -> str:
    """What the next page says."""
    where = "rollouts" if isinstance(row, Rollout) else "deployments"
    answer: Any = client.post(f"/{where}/{row.pk}/{what}/", sent)
    assert answer.status_code == 302
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


def fresh(row: ModelDeployment) -> ModelDeployment:
    return ModelDeployment.objects.get(pk=row.pk)


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_of_every_state_is_shown(alice: Client, row: ModelDeployment, tab: str) -> None:
    page(alice, row, tab)
    page(alice, make_deployment(row.namespace, "unseen"), tab)
    page(alice, fail(make_deployment(row.namespace, "refused"), "Forbidden", "no"), tab)
    broken = settle(make_deployment(row.namespace, "broken"))
    observe_service(broken, failed_status("<script>alert(1)</script>"))
    assert "<script>alert" not in page(alice, broken, tab)
    make_rollout(row)
    page(alice, row, tab)
    ModelDeployment.objects.filter(pk=row.pk).update(deleted_at=Now(), deletion_requested_at=Now(), deletion_released=True)
    page(alice, row, tab)


@pytest.mark.parametrize("path", [*TABS, "live/", "edit/", "delete/", "promote/"])
def test_a_strangers_deployment_does_not_exist(row: ModelDeployment, path: str) -> None:
    stranger = page_client(make_user("carol", {"speech": "owner"}))
    assert stranger.get(f"/deployments/{row.pk}/{path}").status_code == 404


def test_a_tab_that_does_not_exist_is_a_404(alice: Client, row: ModelDeployment) -> None:
    assert alice.get(f"/deployments/{row.pk}/nothing/").status_code == 404


def test_the_overview_tells_what_serves_where_and_how(alice: Client, row: ModelDeployment) -> None:
    html = page(alice, row)
    for words in ("Ready", "v1 champion", "scikit-learn", "http://detector-predictor.vision-dev.svc", "PredictorReady", "1 ready of 1"):
        assert words in html, words
    assert "/v2/models/detector/infer" in html and "Promote v" not in html and 'id="canary"' not in html


def test_a_viewer_reads_and_presses_nothing(row: ModelDeployment) -> None:
    make_rollout(row)
    viewer = page_client(make_user("vera", {"vision": "viewer"}))
    html = page(viewer, row)
    assert "Canary" in html and f'action="/deployments/{row.pk}' not in html and 'action="/rollouts' not in html
    for what in ("pause", "retry", "follow"):
        assert viewer.post(f"/deployments/{row.pk}/{what}/").status_code == 403


def test_pausing_and_resuming(alice: Client, row: ModelDeployment) -> None:
    assert "Resume brings them back" in press(alice, row, "pause") and fresh(row).paused
    assert "paused already" in press(alice, row, "pause")
    assert "starts again" in press(alice, row, "resume") and not fresh(row).paused


def test_a_retry_lets_a_worker_look_at_once_and_comes_back(alice: Client, row: ModelDeployment) -> None:
    assert "Retry now" not in page(alice, row)
    assert "Retry now" in page(alice, fail(row, "Forbidden", "no"))
    press(alice, row, "retry")
    assert fresh(row).next_reconcile_at


def test_an_alias_is_followed_and_no_longer(alice: Client, row: ModelDeployment) -> None:
    assert "the new version is proposed" in press(alice, row, "follow", alias="champion") and fresh(row).follows == "champion"
    for wrong, words in (("nobody", "has no alias “nobody”"), ("x" * 256, "at most 255")):
        answer = alice.post(f"/deployments/{row.pk}/follow/", {"alias": wrong})
        place = answer.content.decode().partition('id="id_alias_error"')[2][:600]
        assert answer.status_code == 422 and words in place, "at the field"
        assert fresh(row).follows == "champion"
    assert "follows no alias" in press(alice, row, "follow", alias="") and fresh(row).follows == ""


def test_the_canary_shows_both_sides_with_what_decides(alice: Client, row: ModelDeployment) -> None:
    rollout = make_rollout(row, max_errors=1.0, max_p99=60)
    side = {"requests": 1000, "errors": 1, "rps": 12.5, "p50": 9.0, "p95": 17.0, "p99": 22.0}
    worse = {**side, "errors": 25, "p99": 71.0, "missing": {}}
    Rollout.objects.filter(pk=rollout.pk).update(figures={"stable": side, "candidate": worse, "noise": {"errors": "worse"}})
    html = page(alice, row)
    for words in ("Rolling out 20 %", "v1 champion", "v2", "1,000", "12.5 rps", "22 ms", "Promote v2", "above 1 % errors or p99 60 ms"):
        assert words in html, words
    assert '<b class="is-bad">2.5 %</b>' in html and '<b class="is-bad">71 ms</b>' in html
    assert 'name="share" value="20" aria-pressed="true"' in html


def test_a_number_that_nobody_measures_has_no_source_and_the_reason(alice: Client, row: ModelDeployment) -> None:
    rollout = make_rollout(row)
    side = {"requests": 10, "errors": None, "rps": 1.0, "p50": None, "p95": None, "p99": None, "missing": {"times": "it tells no times"}}
    Rollout.objects.filter(pk=rollout.pk).update(figures={"stable": side, "candidate": side})
    html = page(alice, row, "traffic/")
    assert html.count("no source") >= 8 and "it tells no times" in html and "no threshold is set" in html


def test_a_share_is_changed_about_the_share_that_was_seen(alice: Client, row: ModelDeployment) -> None:
    rollout = make_rollout(row, share=20)
    assert "50 %" in press(alice, rollout, "share", share=50, seen_share=20)
    assert "now 50 %" in press(alice, rollout, "share", share=100, seen_share=20)
    assert "0 to 100" in press(alice, rollout, "share", share=101, seen_share=50)
    assert "0 to 100" in press(alice, rollout, "share", share="x", seen_share=50)
    assert Rollout.objects.get().share == 50


def test_a_candidate_is_promoted_and_its_record_stays(alice: Client, row: ModelDeployment) -> None:
    rollout = make_rollout(row)
    assert "Promoted" in press(alice, rollout, "promote")
    assert fresh(row).revision_id == rollout.candidate_id
    assert "has ended" in press(alice, rollout, "roll-back")
    assert "promoted" in page(alice, row, "traffic/") and 'id="canary"' not in page(alice, row)


def test_a_rollout_that_ended_by_itself_shows_the_numbers_that_decided(alice: Client, row: ModelDeployment) -> None:
    rollout = make_rollout(row, max_errors=1.0)
    press(alice, rollout, "roll-back")
    words = "4.2 % of the candidate's 500 requests failed"
    told = {"requests": 500, "errors": 21, "rps": 3.0, "p50": 1.0, "p95": 2.0, "p99": 3.0}
    verdict = {"findings": [{"words": words}], "stable": told, "candidate": told}
    Rollout.objects.update(verdict=verdict, ended_by=None)
    html = page(alice, row, "traffic/")
    assert "4.2 % of the candidate&#x27;s 500 requests failed" in html and "by the portal itself" in html


def test_scaling_steps_say_who_or_what_asked(alice: Client, row: ModelDeployment) -> None:
    person = make_user("bob", {"vision": "member"})
    steps: tuple[dict[str, Any], ...] = (
        {"metric": "cpu", "threshold": 80, "message": "cpu above target"},
        {"metric": "minimum", "asked_by": person},
        {"metric": ""},
    )
    for number, step in enumerate(steps):
        ScalingStep.objects.create(deployment=row, at=row.created_at, before=1, after=3, source=f"s{number}", **step)
    html = page(alice, row, "traffic/")
    for words in ("80 %", "cpu above target", "the autoscaler", "bob", "the minimum", "not told"):
        assert words in html, words


def test_revisions_show_what_changed_and_go_back_in_one_click(alice: Client, row: ModelDeployment) -> None:
    spec = row.revision.spec  # type: ignore[union-attr]
    revise(row.namespace, "detector", replace(spec, size=replace(spec.size, cpu_limit=4000)), reason="More room.")
    html = page(alice, row, "revisions/")
    for words in ("More room.", "cpu_limit: 4", "cpu_limit: 1", "serving", f"/deployments/{row.pk}/revisions/1/roll-back/"):
        assert words in html, words
    assert f"/deployments/{row.pk}/revisions/2/roll-back/" not in html
    assert "serves again" in press(alice, row, "revisions/1/roll-back", reason="Too much.")
    assert fresh(row).revision.content == spec.dump() and "repeats r1" in page(alice, row, "revisions/")  # type: ignore[union-attr]
    assert alice.post(f"/deployments/{row.pk}/revisions/99/roll-back/").status_code == 404


def test_a_roll_back_says_beforehand_whether_it_asks_somebody(alice: Client, row: ModelDeployment) -> None:
    spec = row.revision.spec  # type: ignore[union-attr]
    for limit in (3000, 4000):
        revise(row.namespace, "detector", replace(spec, size=replace(spec.size, cpu_limit=limit)))
    DeploymentPolicy.objects.create(cluster=row.cluster, alias="nobody", alias_environments=[row.namespace.environment])
    html = page(alice, row, "revisions/")
    assert html.count("served before: back at once") == html.count("older: policy may ask an approver") == 1
    assert "An approver decides" in press(alice, row, "revisions/1/roll-back") and fresh(row).revision.number == 3  # type: ignore[union-attr]
    assert "serves again" in press(alice, row, "revisions/2/roll-back")


def test_what_is_wanted_stands_beside_what_the_cluster_has(alice: Client, row: ModelDeployment) -> None:
    html = page(alice, row, "yaml/")
    assert "kind: InferenceService" in html and "In the cluster" in html and "not seen in the cluster yet" in html


def test_the_address_that_stays_is_the_one_to_call(alice: Client, row: ModelDeployment) -> None:
    html = page(alice, row)
    assert f"-d @input.json http://detector-{row.namespace.name}.example.com/" in html
    assert ("a promotion gives it another name" in html) == names_predictors(facts_of(row))


def test_it_is_deleted_by_its_name_with_a_grace(alice: Client, row: ModelDeployment) -> None:
    path = f"/deployments/{row.pk}/delete/"
    assert "detector-predictor-" in alice.get(path).content.decode()
    assert alice.post(path, {"confirm": "other"}).status_code == 422 and not fresh(row).deletion_requested_at
    assert alice.post(path, {"confirm": "detector", "grace_seconds": "5"}).status_code == 422
    assert alice.post(path, {"confirm": "detector", "grace_seconds": "3600"}).status_code == 302
    html = page(alice, row)
    assert fresh(row).deletion_requested_at and "The grace ends" in html and f"/deployments/{row.pk}/pause/" not in html
    assert alice.get(f"/deployments/{row.pk}/edit/").status_code == 404


def test_a_trial_of_a_place_shows_its_revision_where_there_is_no_version(alice: Client, row: ModelDeployment) -> None:
    spec = row.revision.spec  # type: ignore[union-attr]
    place = replace(spec, source=replace(spec.source, kind="uri", model="", version=0, uri="pvc://models/one"))
    revise(row.namespace, "detector", place, trial=Trial(10))
    assert "Promote revision 2" in page(alice, row)


def test_the_page_says_when_what_serves_is_not_what_the_followed_alias_names(alice: Client, row: ModelDeployment) -> None:
    press(alice, row, "follow", alias="champion")
    assert 'id="behind"' not in page(alice, row)
    version = make_version("defects", aliases=("champion",))
    assert f"names version {version.number}; another version serves" in page(alice, row)
    rollout = make_rollout(row)
    Rollout.objects.update(alias_moved=True)
    assert "proposed when the rollout has ended" in page(alice, row)
    move_alias("champion", rollout.candidate.model_version)  # type: ignore[arg-type]
    assert 'id="behind"' not in page(alice, row), "it is being tried"


def test_the_page_says_what_could_not_be_proposed_and_why(alice: Client, row: ModelDeployment) -> None:
    press(alice, row, "follow", alias="champion")
    ModelDeployment.objects.update(followed_by=make_user("gone", {"vision": "viewer"}))
    version = make_version("defects", aliases=("champion",))
    propose_moved_version("champion", version.model, row.revision.model_version, version)  # type: ignore[union-attr]
    html = page(alice, row)
    assert "could not be proposed here" in html and "only as its member or owner" in html


def test_a_change_that_ended_following_is_told_with_the_way_back(alice: Client, row: ModelDeployment) -> None:
    press(alice, row, "follow", alias="champion")
    revise(row.namespace, "detector", row.revision.spec, actor=make_user("carol", {"vision": "member"}))  # type: ignore[union-attr]
    html = page(alice, row)
    assert "It followed “champion”" in html and "carol" in html and "Choose an alias to follow again." in html
    press(alice, row, "follow", alias="champion")
    assert 'id="follow-ended"' not in page(alice, row)
    press(alice, row, "follow", alias="")
    assert 'id="follow-ended"' not in page(alice, row), "whoever said so knows it"
