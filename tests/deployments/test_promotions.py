"""Promote to: what serves in one environment is carried to the next, by the policy of that one."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from audit.errors import Conflict
from audit.models import Entry
from deployments.actions import promote_to
from deployments.models import ModelDeployment, Rollout
from deployments.spec import Scaling
from deployments.wish import Trial
from tests.deploying import make_deployment, make_serving_namespace, make_spec, make_version, revise
from tests.deployments.asking import NAME, approve, set_environment
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def bob():
    return make_user("bob", {"vision": "member"})


@pytest.fixture
def deployment():
    make_version(aliases=("champion",))
    return make_deployment(name=NAME)


@pytest.fixture
def staging(deployment):
    return set_environment(make_serving_namespace(), "staging")


def test_what_serves_here_serves_there_under_its_name(deployment, staging, bob):
    placed = promote_to(actor=bob, deployment=deployment, namespace=staging, reason="it is good")
    there = placed.deployment
    assert (there.namespace, there.name, there.revision.number) == (staging, NAME, 1)
    assert there.revision.spec == deployment.revision.spec
    assert Entry.objects.filter(action="deployment.revise", actor=bob).count() == 1


def test_what_belongs_to_the_place_stays_there(deployment, staging, bob):
    stands = make_spec(scaling=Scaling(3, 9, cpu=60), exposure="outside", min_available=2)
    revise(staging, NAME, stands)
    fresh = make_version(aliases=("champion",))
    revise(deployment.namespace, NAME, make_spec(fresh, startup_seconds=120))
    deployment.refresh_from_db()
    request = promote_to(actor=bob, deployment=deployment, namespace=staging, reason="x").request
    asked = request.requested["spec"]
    assert (asked["source"]["version"], asked["startup_seconds"]) == (fresh.number, 120)
    assert (asked["scaling"]["maximum"], asked["exposure"], asked["min_available"]) == (9, "outside", 2)
    assert request.original["revision"] == 1


def test_the_policy_of_the_next_environment_counts(deployment, bob):
    production = set_environment(make_serving_namespace(), "production")
    request = promote_to(actor=bob, deployment=deployment, namespace=production, reason="it is good").request
    assert ModelDeployment.objects.count() == 1
    decided = approve(request, make_user(platform_roles=["approver"]))
    assert ModelDeployment.objects.get(pk=decided.result_id).namespace == production


def test_it_can_be_tried_there_as_a_candidate(deployment, staging, bob):
    revise(staging, NAME, make_spec())
    revise(deployment.namespace, NAME, make_spec(make_version(aliases=("champion",))))
    deployment.refresh_from_db()
    promote_to(actor=bob, deployment=deployment, namespace=staging, reason="x", trial=Trial(10))
    assert Rollout.objects.get().deployment.namespace == staging


def test_it_stays_within_the_team(deployment, bob):
    theirs = make_serving_namespace(team="speech")
    both = make_user(team_roles={"vision": "owner", "speech": "owner"})
    with pytest.raises(ValidationError):
        promote_to(actor=both, deployment=deployment, namespace=theirs, reason="x")
    with pytest.raises((PermissionDenied, ValidationError)):
        promote_to(actor=bob, deployment=deployment, namespace=theirs, reason="x")
    assert ModelDeployment.objects.count() == 1


def test_it_is_there_already(deployment, bob):
    with pytest.raises(ValidationError):
        promote_to(actor=bob, deployment=deployment, namespace=deployment.namespace, reason="x")


def test_what_would_not_start_there_has_to_be_confirmed(deployment, staging, bob):
    staging.cluster.capabilities = {}
    staging.cluster.save()
    with pytest.raises(Conflict) as caught:
        promote_to(actor=bob, deployment=deployment, namespace=staging, reason="x")
    assert caught.value.code == "would_not_start"
    assert promote_to(actor=bob, deployment=deployment, namespace=staging, reason="x", confirmed=True).deployment
