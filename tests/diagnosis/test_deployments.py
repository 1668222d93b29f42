"""On a deployment's page: why it does not serve, and its own form filled in with what would help, for whom may change it."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from clusters.models import Observed
from deployments.health import observed
from deployments.reasons import reasons_of_pods, what_needs_somebody
from tests.deploying import GIB, failed_status, make_deployment, observe_pod, observe_service
from tests.diagnosis.seen import now, see_event
from tests.factories import make_user

FULL = (
    'Error creating: pods "{name}-predictor-6d5f-abcde" is forbidden: exceeded quota: slipway-quota, requested: limits.memory=2Gi, '
    "used: limits.memory=32Gi, limited: limits.memory=32Gi"
)
OOM = {"exit_code": 137, "reason": "OOMKilled", "ended_at": "2026-01-01T00:00:00Z"}


@pytest.fixture
def row(db):
    return make_deployment()


@pytest.fixture
def member(row):
    return make_user(team_roles={row.namespace.team.name: "member"})


@pytest.fixture
def viewer(row):
    return make_user(team_roles={row.namespace.team.name: "viewer"})


def killed(row):
    state = {"name": "kserve-container", "image": "i", "memory": 2 * GIB, "state": "waiting", "reason": "CrashLoopBackOff", "last": OOM}
    return observe_pod(row, ready="0/1", reason="CrashLoopBackOff", restarts=4, container_states=[state])


def told(row, user):
    seen = observed([row])[row.pk]
    return {group.explanation.code: group for group in what_needs_somebody(row, seen, user, reasons_of_pods(row, seen, user))}


def links(group):
    return [solution.url for solution in group.explanation.solutions if solution.url]


def test_a_member_is_led_to_the_form_with_twice_the_memory_and_a_viewer_is_not(row, member, viewer):
    killed(row)
    [link] = links(told(row, member)["oom-killed"])
    assert urlsplit(link).path == f"/deployments/{row.pk}/edit/" and parse_qs(urlsplit(link).query)["memory_limit"] == ["4Gi"]
    assert links(told(row, viewer)["oom-killed"]) == []


def test_more_memory_is_offered_only_as_far_as_the_limit_range_goes(row, member):
    killed(row)
    body = {"spec": {"limits": [{"type": "Container", "max": {"memory": "3Gi"}}]}}
    place = {"cluster": row.cluster, "namespace": row.namespace.name, "api_version": "v1", "kind": "LimitRange", "name": "slipway-limits"}
    Observed.objects.create(uid="l", resource_version="1", owner=row.namespace.holder, body=body, observed_at=now(), **place)
    [link] = links(told(row, member)["oom-killed"])
    assert parse_qs(urlsplit(link).query)["memory_limit"] == ["3Gi"]


def test_pods_that_are_never_made_are_told_of_the_deployment_that_wants_them_and_of_no_other(row, member):
    see_event(row.namespace, "ReplicaSet", f"{row.name}-predictor-6d5f", "FailedCreate", FULL.format(name=row.name))
    other = make_deployment(namespace=row.namespace, name=f"{row.name}-two")
    assert "quota-full" in told(row, member) and "quota-full" not in told(other, member)
    paths = [urlsplit(link).path for link in links(told(row, member)["quota-full"])]
    assert paths == [f"/deployments/{row.pk}/edit/", "/namespaces/new/"]


def test_what_kserve_says_of_a_model_is_explained_and_what_a_pod_says_is_more_exact(row, member):
    observe_service(row, failed_status("kserve-container: Error, exit code 137"))
    assert list(told(row, member)) == ["model-load-failed"]
    killed(row)
    assert list(told(row, member)) == ["oom-killed"]


def test_the_page_and_rest_tell_it(row, member):
    killed(row)
    client = Client()
    client.force_login(member)
    page = client.get(f"/deployments/{row.pk}/").content.decode()
    assert "It needed more memory than it may have" in page and "Give it 4Gi of memory" in page
    assert [each["explanation"]["code"] for each in client.get(f"/api/v1/deployments/{row.pk}/explanations/").json()] == ["oom-killed"]


def test_a_deployment_that_is_paused_needs_nobody(row, member):
    killed(row)
    row.paused = True
    assert told(row, member) == {}
