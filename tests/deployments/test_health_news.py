"""A change is not over while the cluster still tells, or serves, what was there before it."""

import pytest

from deployments.health import healths
from deployments.models import ModelDeployment
from tests.deploying import make_deployment, make_rollout, observe_service, ready_status, settle

pytestmark = pytest.mark.django_db


def health(row, version="7", applied="7", **model):
    status = ready_status(row)
    status["modelStatus"] |= model
    seen = observe_service(row, status)
    seen.body["metadata"]["resourceVersion"] = version
    seen.save()
    entry = {"kind": "InferenceService", "name": row.name, "resourceVersion": applied}
    ModelDeployment.objects.filter(pk=row.pk).update(inventory=[entry])
    row.refresh_from_db()
    found = healths([row])[row.pk]
    return found.state, found.reason


def test_what_was_seen_since_the_change_is_believed():
    assert health(settle(make_deployment())) == ("ready", "")
    assert health(settle(make_deployment()), version="100", applied="99") == ("ready", "")
    assert health(settle(make_deployment()), version="opaque", applied="99") == ("ready", "")


def test_what_was_seen_before_it_is_not():
    assert health(settle(make_deployment()), version="98", applied="100") == ("progressing", "NotObserved")


def test_old_pods_that_answer_while_new_ones_load_are_not_the_end_of_it():
    loading = {"transitionStatus": "InProgress", "states": {"activeModelState": "Loaded", "targetModelState": "Loading"}}
    assert health(settle(make_deployment()), **loading) == ("progressing", "ModelLoading")
    scaled = {"transitionStatus": "InProgress", "states": {"activeModelState": "Loaded", "targetModelState": "Loaded"}}
    assert health(settle(make_deployment()), **scaled) == ("ready", "")


def test_a_candidate_is_not_ready_before_the_cluster_has_told_of_it():
    row = settle(make_deployment())
    make_rollout(row)
    assert health(row, version="98", applied="100") == ("rolling", "NotObserved")
    row = settle(make_deployment())
    make_rollout(row)
    assert health(row) == ("rolling", "")
