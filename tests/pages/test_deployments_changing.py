"""The next revision, at once or as a candidate, and the way to another environment."""

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from deployments.models import ModelDeployment, Rollout
from tenants.models import Namespace
from tests.deploying import make_deployment, make_spec, make_version, revise
from tests.tenancy import make_namespace

pytestmark = pytest.mark.django_db


def fresh(row: ModelDeployment) -> ModelDeployment:
    return ModelDeployment.objects.get(pk=row.pk)


def change(row: ModelDeployment, **changes: Any) -> dict[str, Any]:
    sizes = {"cpu_request": "500m", "cpu_limit": "1", "memory_request": "1Gi", "memory_limit": "2Gi"}
    begin = {"source": "model", "model": "defects", "pick": "1", "runtime": "sklearn", "minimum": "1", "maximum": "1", "how": "now"}
    return {**begin, **sizes, "seen_revision": "1", "exposure": "cluster", "protocol": "v2", "strategy": "rolling", **changes}


def test_a_change_begins_with_what_stands(alice: Client, row: ModelDeployment) -> None:
    form = alice.get(f"/deployments/{row.pk}/edit/").context["form"]
    assert (form.now("model"), form.now("pick"), form.now("cpu_request"), form.now("runtime")) == ("defects", "1", "500m", "sklearn")
    assert form.judged.difference == [] and not form.judged.errors


def test_a_change_serves_at_once(alice: Client, row: ModelDeployment) -> None:
    path = f"/deployments/{row.pk}/edit/"
    assert alice.post(path, change(row, memory_limit="4Gi", reason="It needs more.")).url == f"/deployments/{row.pk}/"  # type: ignore[attr-defined]
    revision = fresh(row).revision
    assert revision and (revision.number, revision.reason, revision.spec.size.memory_limit) == (2, "It needs more.", 4 * 2**30)
    # What is pinned was not touched, so it is not resolved anew.
    assert revision.spec.source == row.revision.spec.source  # type: ignore[union-attr]


def test_a_change_that_was_overtaken_is_answered(alice: Client, row: ModelDeployment) -> None:
    revise(row.namespace, "detector", replace(row.revision.spec, protocol="v1"))  # type: ignore[union-attr]
    answer = alice.post(f"/deployments/{row.pk}/edit/", change(row))
    assert answer.status_code == 422 and "You saw revision 1 serving, it is now 2" in answer.content.decode()


def test_a_change_begins_as_a_candidate_with_thresholds(alice: Client, row: ModelDeployment) -> None:
    make_version("defects", aliases=("challenger",))
    trial = {"how": "trial", "share": "20", "max_errors": "1.5", "max_p99": "60", "min_requests": "200"}
    assert alice.post(f"/deployments/{row.pk}/edit/", change(row, pick="2@challenger", **trial)).status_code == 302
    rollout = Rollout.objects.get()
    assert (rollout.share, float(rollout.max_errors or 0), rollout.max_p99, rollout.min_requests) == (20, 1.5, 60, 200)
    assert rollout.candidate.spec.source.alias == "challenger" and fresh(row).revision.number == 1  # type: ignore[union-attr]
    again = alice.post(f"/deployments/{row.pk}/edit/", change(row, cpu_limit="2"))
    assert again.status_code == 422 and "A rollout is running" in again.content.decode()


@pytest.mark.parametrize(
    ("field", "value", "words"), [("share", "101", "0 to 100"), ("max_errors", "x", "percentage"), ("max_p99", "-1", "whole")]
)
def test_a_candidates_numbers_are_checked(alice: Client, row: ModelDeployment, field: str, value: str, words: str) -> None:
    answer = alice.post(f"/deployments/{row.pk}/edit/", change(row, how="trial", **{"share": "20", field: value}))
    assert answer.status_code == 422 and words in " ".join(answer.context["form"].errors[field])


def test_where_requests_cannot_be_split_the_page_says_why(alice: Client, row: ModelDeployment) -> None:
    cluster = row.cluster
    cluster.capabilities["serving"] |= {"canary": False}
    cluster.save()
    html = alice.get(f"/deployments/{row.pk}/edit/").content.decode()
    assert "Not available here:" in html and "knows no canaries" in html


def test_a_change_is_compared_with_what_stands_while_somebody_types(alice: Client, row: ModelDeployment) -> None:
    path = f"/deployments/check/?deployment={row.pk}"
    html = alice.post(path, change(row, memory_limit="4Gi"), headers={"HX-Trigger-Name": "memory_limit"}).content.decode()
    assert "- memory_limit: 2Gi" in html and "+ memory_limit: 4Gi" in html and "- cpu_limit" not in html


def test_promotion_offers_the_next_environment_first_and_shows_what_differs(alice: Client, row: ModelDeployment) -> None:
    team = row.namespace.team
    for name, environment in (("vision-live", "production"), ("vision-try", "staging"), ("vision-other", "development")):
        Namespace.objects.filter(pk=make_namespace(row.cluster, name=name).pk).update(environment=environment)
    assert Namespace.objects.filter(team=team).count() == 4
    answer = alice.get(f"/deployments/{row.pk}/promote/")
    offered = [space.name for space in answer.context["form"].fields["namespace"].queryset]
    assert offered == ["vision-try", "vision-live", "vision-other"]
    html = answer.content.decode()
    assert "New there" in html and "+ model: defects" in html and "Starts at once" in html


def test_what_goes_to_production_is_decided_and_says_so_before(alice: Client, row: ModelDeployment) -> None:
    live = make_namespace(row.cluster, name="vision-live")
    Namespace.objects.filter(pk=live.pk).update(environment="production")
    path = f"/deployments/{row.pk}/promote/"
    assert "vision-live is a production namespace" in alice.get(f"{path}?namespace={live.pk}").content.decode()
    assert alice.post(path, {"namespace": live.pk, "how": "now"}).status_code == 422
    answer: Any = alice.post(path, {"namespace": live.pk, "how": "now", "reason": "It did well."})
    assert answer.status_code == 302 and answer.url.startswith("/requests/")


def test_a_promotion_shows_what_it_changes_where_something_stands(alice: Client, row: ModelDeployment) -> None:
    other = make_namespace(row.cluster, name="vision-next")
    older = make_deployment(other, "detector", spec=make_spec(make_version("defects")))
    html = alice.get(f"/deployments/{row.pk}/promote/").content.decode()
    assert "What changes there" in html and "- version: 2" in html and "+ version: 1" in html
    alice.post(f"/deployments/{row.pk}/promote/", {"namespace": other.pk, "how": "trial", "share": "5", "reason": "Carefully."})
    assert Rollout.objects.get(deployment=older).share == 5


def test_without_another_namespace_there_is_nothing_to_promote_to(alice: Client, row: ModelDeployment) -> None:
    assert "no other namespace" in alice.get(f"/deployments/{row.pk}/promote/").content.decode()
    assert "Promote to" not in alice.get(f"/deployments/{row.pk}/").content.decode()


def test_another_teams_namespace_is_no_target(alice: Client, row: ModelDeployment) -> None:
    make_namespace(row.cluster, name="vision-next")
    there = make_namespace(row.cluster, "speech", name="speech-dev")
    assert alice.post(f"/deployments/{row.pk}/promote/", {"namespace": there.pk, "how": "now"}).status_code == 422
