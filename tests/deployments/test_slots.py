"""In which predictor a revision runs: direct changes roll the pods of the one that serves, candidates get one of their own and keep it."""

from dataclasses import replace

import pytest

from deployments.actions import end_rollout
from deployments.gathering import facts_for_plan, facts_of
from deployments.models import ModelDeployment, Rollout
from deployments.wish import Trial
from tests.deploying import make_deployment, make_rollout, make_spec, revise, scaled
from tests.deployments.asking import wish_for

pytestmark = pytest.mark.django_db


def serves_in(deployment):
    """(the stable variant's predictor, the candidate's, if there is one)."""
    facts = facts_of(ModelDeployment.objects.get(pk=deployment.pk))
    return facts.stable.name, facts.candidate.name if facts.candidate else ""


def change(deployment):
    """A direct change of what serves."""
    standing = ModelDeployment.objects.get(pk=deployment.pk)
    return revise(standing.namespace, standing.name, replace(standing.revision.spec, scaling=scaled(1, 7)))


def try_and_end(deployment, how):
    """A candidate that came, and ended in this way."""
    rollout = make_rollout(ModelDeployment.objects.get(pk=deployment.pk))
    end_rollout(rollout, how, actor=None)
    return rollout.candidate.number


def test_a_direct_change_stays_in_the_predictor_that_serves():
    deployment = make_deployment()
    assert serves_in(deployment) == ("r1", "")
    assert change(deployment).revision.number == 2
    assert serves_in(deployment) == ("r1", "")


def test_a_candidate_has_a_predictor_of_its_own_and_keeps_it():
    deployment = make_deployment()
    change(deployment)
    rollout = make_rollout(ModelDeployment.objects.get(pk=deployment.pk))
    assert serves_in(deployment) == ("r1", "r3")
    end_rollout(rollout, Rollout.End.PROMOTED, actor=None)
    assert serves_in(deployment) == ("r3", "")
    change(deployment)
    assert serves_in(deployment) == ("r3", "")


def test_a_candidate_that_was_rolled_back_leaves_no_trace():
    deployment = make_deployment()
    assert try_and_end(deployment, Rollout.End.ROLLED_BACK) == 2
    change(deployment)
    assert serves_in(deployment) == ("r1", "")
    assert try_and_end(deployment, Rollout.End.PROMOTED) == 4
    assert try_and_end(deployment, Rollout.End.ROLLED_BACK) == 5
    change(deployment)
    assert serves_in(deployment) == ("r4", "")


def test_another_deployments_candidates_are_no_business_of_ours():
    other, deployment = make_deployment(), make_deployment()
    try_and_end(other, Rollout.End.PROMOTED)
    change(deployment)
    assert serves_in(deployment) == ("r1", "")


def test_a_plan_shows_the_predictor_in_which_the_wish_would_run():
    deployment = make_deployment()
    namespace = deployment.namespace
    assert facts_for_plan(namespace, wish_for(namespace, name="fresh"), None).stable.name == "r1"
    try_and_end(deployment, Rollout.End.PROMOTED)
    standing = ModelDeployment.objects.get(pk=deployment.pk)
    direct = facts_for_plan(namespace, wish_for(namespace, make_spec(), name=standing.name), standing)
    assert (direct.stable.number, direct.stable.name) == (3, "r2")
    tried = facts_for_plan(namespace, wish_for(namespace, make_spec(), name=standing.name, trial=Trial(20)), standing)
    assert (tried.stable.name, tried.candidate.name) == ("r2", "r3")
