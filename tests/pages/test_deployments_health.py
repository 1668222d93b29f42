"""How a deployment does, in a word: of what the row, the cluster and the pods say, the most urgent."""

from typing import Any

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from clusters.models import Cluster, Observed
from deployments.health import Health, healths
from deployments.models import ModelDeployment
from deployments.queries import deployments_seen_by
from deployments.spec import Scaling
from tests.deploying import (
    fail,
    failed_status,
    let_serve,
    make_deployment,
    make_rollout,
    make_serving_namespace,
    make_spec,
    observe_pod,
    observe_service,
    ready_status,
    scaled,
    settle,
)
from tests.factories import make_user
from tests.pages.browsing import page_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def row() -> ModelDeployment:
    return settle(make_deployment(make_serving_namespace(), "detector"))


def health(row: ModelDeployment) -> Health:
    row = ModelDeployment.objects.get(pk=row.pk)
    return healths([row])[row.pk]


def change(row: ModelDeployment, **values: Any) -> None:
    ModelDeployment.objects.filter(pk=row.pk).update(**values)


def test_a_service_that_answers_is_ready(row: ModelDeployment) -> None:
    observe_service(row)
    observe_pod(row)
    found = health(row)
    assert (found.state, found.tone, str(found.word), found.ready, found.wanted) == ("ready", "ok", "Ready", 1, 1)


def test_what_nobody_has_seen_yet_is_on_its_way(row: ModelDeployment) -> None:
    found = health(row)
    assert (found.state, found.tone) == ("progressing", "run") and "has not told" in found.message


def test_what_was_just_changed_is_on_its_way_although_the_old_one_answers(row: ModelDeployment) -> None:
    observe_service(row)
    row.touch()
    assert health(row).state == "progressing"


def test_a_model_that_does_not_load_is_told_in_kserves_own_words(row: ModelDeployment) -> None:
    observe_service(row, failed_status("No module named 'lightgbm'"))
    found = health(row)
    assert (found.state, found.tone) == ("failed", "bad") and "lightgbm" in found.message


def test_a_pod_that_crashes_is_a_failure_even_before_kserve_says_so(row: ModelDeployment) -> None:
    observe_service(row, {"conditions": [{"type": "Ready", "status": "Unknown"}]})
    observe_pod(row, reason="CrashLoopBackOff", message="exit 1", ready="0/1")
    found = health(row)
    assert (found.state, found.reason, found.message) == ("failed", "CrashLoopBackOff", "exit 1")


def test_a_pod_without_a_place_says_why_it_waits(row: ModelDeployment) -> None:
    observe_service(row, {"conditions": [{"type": "Ready", "status": "Unknown"}]})
    observe_pod(row, phase="Pending", ready="", reason="Unschedulable", message="no card is free")
    found = health(row)
    assert (found.state, found.reason, found.message) == ("progressing", "Unschedulable", "no card is free")


def test_what_the_cluster_refused_is_a_failure(row: ModelDeployment) -> None:
    observe_service(row)
    found = health(fail(row, "Forbidden", "the quota is used up"))
    assert (found.state, found.reason, found.message) == ("failed", "Forbidden", "the quota is used up")


@pytest.mark.parametrize("reason", ["NamespaceNotReady", "KindMissing"])
def test_what_waits_for_something_else_says_for_what(row: ModelDeployment, reason: str) -> None:
    row.touch()
    found = health(fail(row, reason, "not there yet"))
    assert (found.state, found.tone, found.reason, found.message) == ("waiting", "wait", reason, "not there yet")


def test_a_rollout_says_its_share(row: ModelDeployment) -> None:
    observe_service(row)
    make_rollout(row, share=20)
    settle(ModelDeployment.objects.get(pk=row.pk))
    found = health(row)
    assert (found.state, found.tone, str(found.word)) == ("rolling", "run", "Rolling out 20 %")


def test_a_candidate_that_does_not_answer_is_told_while_it_is_rolled_out(row: ModelDeployment) -> None:
    make_rollout(row)
    settle(ModelDeployment.objects.get(pk=row.pk))
    late = {"name": "r2", "ready": False, "modelStatus": {"lastFailureInfo": {"reason": "ModelLoadFailed", "message": "no such file"}}}
    observe_service(row, {**ready_status(row), "canaryStatuses": [late]})
    found = health(row)
    assert (found.state, found.reason, found.message) == ("rolling", "ModelLoadFailed", "no such file")


def test_a_paused_one_is_paused_once_its_pods_are_gone(row: ModelDeployment) -> None:
    change(row, paused=True)
    pod = observe_pod(row)
    assert (health(row).state, str(health(row).word)) == ("progressing", "Pausing")
    pod.delete()
    found = health(row)
    assert (found.state, found.tone, found.ready, found.wanted) == ("paused", "off", 0, 0)


def test_one_that_is_deleted_says_so_until_it_is_gone(row: ModelDeployment) -> None:
    observe_service(row)
    change(row, deletion_requested_at=Now())
    assert (health(row).state, health(row).reason) == ("deleting", "Grace")
    change(row, deletion_released=True)
    assert health(row).state == "deleting"
    change(row, deleted_at=Now())
    assert (health(row).state, health(row).tone) == ("deleted", "off")


def test_while_the_cluster_is_silent_nothing_is_claimed(row: ModelDeployment) -> None:
    observe_service(row)
    seen = timezone.now()
    Cluster.objects.update(stale_since=seen, last_seen_at=seen)
    found = health(row)
    assert (found.state, found.tone, found.since) == ("unknown", "wait", seen)
    change(row, blocked_on=row.cluster.key)
    assert (health(row).state, str(health(row).word)) == ("waiting", "Cluster unreachable")


def test_replicas_are_counted_against_the_minimum_or_what_the_autoscaler_made_of_it() -> None:
    row = settle(make_deployment(make_serving_namespace(), spec=make_spec(scaling=scaled(2, 6))))
    observe_pod(row)
    assert (health(row).ready, health(row).wanted) == (1, 2)
    for _ in range(3):
        observe_pod(row)
    observe_pod(row, phase="Succeeded", ready="0/1")
    assert (health(row).ready, health(row).wanted) == (4, 4)


LOADED, PENDING = (
    {"activeModelState": "Loaded", "targetModelState": "Loaded"},
    {"activeModelState": "Loaded", "targetModelState": "Pending"},
)


@pytest.fixture
def sleeper() -> ModelDeployment:
    """One that may scale to zero, and what KServe says of it there: ready, its model pending."""
    space = make_serving_namespace()
    let_serve(space.cluster, mode="Knative", spelling="Knative")
    row = settle(make_deployment(space, spec=make_spec(scaling=Scaling(0, 5, concurrency=10))))
    model = {"copies": {"totalCopies": 0}, "states": PENDING, "transitionStatus": "InProgress"}
    observe_service(row, {**ready_status(row), "modelStatus": model})
    return row


def test_one_at_zero_is_well_and_says_that_a_request_wakes_it(sleeper: ModelDeployment) -> None:
    found = health(sleeper)
    assert (found.state, found.tone, str(found.word), found.ready, found.wanted) == ("ready", "ok", "Scaled to zero", 0, 0)
    assert "next request" in found.message
    page = page_client(make_user("alice", {"vision": "owner"})).get(f"/deployments/{sleeper.pk}/").content.decode()
    assert "Scaled to zero" in page and "the next request starts one" in page and "KServe starts them" not in page


def test_one_that_wakes_says_so_until_its_pod_answers(sleeper: ModelDeployment) -> None:
    pod = observe_pod(sleeper, phase="Running", ready="0/1")
    assert (health(sleeper).state, health(sleeper).reason, health(sleeper).wanted) == ("progressing", "Waking", 1)
    pod.delete()
    observe_pod(sleeper)
    Observed.objects.update(body=Observed.objects.get().body | {"status": ready_status(sleeper)})
    assert (health(sleeper).state, str(health(sleeper).word)) == ("ready", "Ready")


def test_one_whose_last_pod_goes_does_not_load_anything(sleeper: ModelDeployment) -> None:
    observe_pod(sleeper, ready="1/1")
    assert (health(sleeper).state, health(sleeper).reason) == ("ready", "")


def test_one_at_zero_that_cannot_serve_is_failed_all_the_same(sleeper: ModelDeployment) -> None:
    Observed.objects.update(body=Observed.objects.get().body | {"status": failed_status("no such file")})
    assert health(sleeper).state == "failed"


def test_another_deployments_pods_and_services_are_not_counted(row: ModelDeployment) -> None:
    other = settle(make_deployment(row.namespace, "other"))
    observe_service(other, failed_status("x"))
    observe_pod(other)
    observe_service(row)
    assert (health(row).state, health(row).ready, health(other).state, health(other).ready) == ("ready", 0, "failed", 1)


def test_many_rows_cost_no_more_queries_than_one(row: ModelDeployment, django_assert_num_queries: Any) -> None:
    alice = make_user("alice", {"vision": "owner"})
    for number in range(4):
        other = make_deployment(row.namespace, f"row-{number}")
        observe_service(other)
        observe_pod(other)
    rows = list(deployments_seen_by(alice))
    with django_assert_num_queries(2):
        assert len(healths(rows)) == 5
    with django_assert_num_queries(0):
        assert healths([]) == {}


KILLED = {"container": "server", "exit_code": 137, "reason": "Error", "message": "loading <b>", "ended_at": "2026-01-01T00:02:00Z"}


@pytest.mark.parametrize(
    ("ended", "said"),
    [
        ({}, "server was ended from outside by SIGKILL."),
        ({"reason": "OOMKilled"}, "server was ended above its memory limit"),
        ({"exit_code": 3}, "server ended with exit code 3."),
        ({"exit_code": 255}, "server ended with exit code 255."),
    ],
)
def test_a_pod_that_runs_again_says_how_it_ended_before(row: ModelDeployment, ended: dict[str, Any], said: str) -> None:
    observe_service(row)
    observe_pod(row, restarts=1, last_exit=KILLED | ended)
    client = page_client(make_user("alice", {"vision": "owner"}))
    for tab in ("", "pods/"):
        page = client.get(f"/deployments/{row.pk}/{tab}").content.decode()
        assert said in page and "loading &lt;b&gt;" in page


def just_killed(row: ModelDeployment, **fields: Any) -> None:
    """KServe calls it a model that does not load; the pod says that its server was killed a moment ago."""
    observe_service(row, failed_status("server: Error, exit code 137"))
    last = KILLED | {"ended_at": timezone.now().isoformat(), **fields.pop("last_exit", {})}
    observe_pod(row, **{"ready": "0/1", "restarts": 1, "last_exit": last, **fields})


def test_a_server_that_was_killed_says_that_first_and_that_it_starts_again(row: ModelDeployment) -> None:
    just_killed(row)
    found = health(row)
    assert (found.state, str(found.word), found.reason) == ("progressing", "Restarting", "Killed")
    assert found.message == "server was ended from outside by SIGKILL. It is being started again."
    page = page_client(make_user("alice", {"vision": "owner"})).get(f"/deployments/{row.pk}/").content.decode()
    assert "<b>Killed</b> server was ended from outside" in page and "ModelLoadFailed" not in page.split("<table")[0]


def test_one_that_is_killed_again_and_again_has_failed_for_that_reason(row: ModelDeployment) -> None:
    just_killed(row, restarts=4, reason="CrashLoopBackOff", message="back-off", last_exit={"reason": "OOMKilled"})
    found = health(row)
    assert (found.state, found.reason) == ("failed", "OOMKilled")
    assert "above its memory limit" in found.message and "again 4 times" in found.message


@pytest.mark.parametrize(
    "fields",
    [
        {"last_exit": {"exit_code": 1}},
        {"last_exit": {"exit_code": 139}},
        {"last_exit": {"ended_at": "2026-01-01T00:02:00Z"}},
        {"last_exit": {"ended_at": ""}},
        {"ready": "1/1"},
    ],
    ids=["it ended by itself", "it crashed", "long ago", "nobody knows when", "it answers"],
)
def test_what_was_not_just_killed_is_told_as_kserve_tells_it(row: ModelDeployment, fields: dict[str, Any]) -> None:
    just_killed(row, **fields)
    assert (health(row).state, health(row).reason) == ("failed", "ModelLoadFailed")


def test_a_spec_that_cannot_be_served_is_told_before_a_pod_that_was_killed(row: ModelDeployment) -> None:
    just_killed(row)
    Observed.objects.update(body=Observed.objects.get().body | {"status": failed_status("no runtime", "NoSupportingRuntime")})
    assert (health(row).state, health(row).reason) == ("failed", "NoSupportingRuntime")


def test_a_rollout_says_which_pod_was_killed(row: ModelDeployment) -> None:
    make_rollout(row)
    settle(ModelDeployment.objects.get(pk=row.pk))
    just_killed(row)
    assert (health(row).state, health(row).reason) == ("rolling", "Killed")


def test_the_catalogue_shows_how_a_deployment_does_not_that_it_was_applied(row: ModelDeployment) -> None:
    observe_service(row, status=failed_status("File is not a zip file"))
    page = page_client(make_user("alice", {"vision": "owner"})).get(f"/models/{row.revision.spec.source.model}/").content.decode()
    assert 'class="st bad"' in page and "Failed" in page
