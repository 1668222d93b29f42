"""Before a change is applied the cluster is asked about its pods; what it refuses is told with how to repair it, and stops nothing."""

import pytest

from deployments import owner, pod_trial
from deployments.models import ModelDeployment
from kube.pod_trial import PodVerdict
from reconcile.engine import reconcile
from reconcile.outcome import Outcome
from tenants.models import Namespace
from tests.deploying import make_deployment

pytestmark = pytest.mark.django_db(transaction=True)
VIOLATION = PodVerdict("refused", "PodSecurity", 'pods "x" is forbidden: violates PodSecurity "restricted:v1.29": runAsNonRoot != true')


@pytest.fixture
def deployment(monkeypatch):
    deployment = make_deployment()
    space = {"apiVersion": "v1", "kind": "Namespace", "namespace": None, "name": deployment.namespace.name, "uid": "u1"}
    Namespace.objects.update(inventory=[space])
    monkeypatch.setattr(owner, "connection", lambda cluster: object())
    monkeypatch.setattr(owner, "converge_inside", lambda row, attempt, space: Outcome("done", "Applied"))
    return deployment


@pytest.fixture
def asked(monkeypatch):
    """The pods that the cluster was asked about; it answers with the verdict that stands last."""
    pods, answers = [], [PodVerdict("accepted")]

    def answer(api, pod, *, deadline):
        pods.append(pod)
        return answers[-1]

    monkeypatch.setattr(pod_trial, "try_pod", answer)
    return pods, answers


def run(deployment):
    ModelDeployment.objects.get(pk=deployment.pk).touch()
    assert reconcile("deployment", deployment.pk).state == "done"
    deployment.refresh_from_db()
    return deployment


def test_what_the_cluster_would_refuse_is_told_in_its_words_and_with_the_repair(deployment, asked):
    pods, answers = asked
    answers.append(VIOLATION)
    condition = run(deployment).pods_admitted
    assert condition["status"] == "False" and condition["reason"] == "PodSecurity"
    assert "runAsNonRoot != true" in condition["message"] and "storage-initializer" in condition["message"]
    assert deployment.settled, "the change itself is applied all the same"
    assert [each["name"] for each in pods[0]["spec"]["initContainers"]] == ["storage-initializer"]


def test_a_refusal_that_was_repaired_is_told_no_more(deployment, asked):
    _pods, answers = asked
    answers.append(VIOLATION)
    run(deployment)
    answers.append(PodVerdict("accepted"))
    assert run(deployment).pods_admitted["status"] == "True"


def test_where_the_cluster_cannot_say_the_last_word_stays(deployment, asked):
    _pods, answers = asked
    answers.append(VIOLATION)
    run(deployment)
    answers.append(PodVerdict("unavailable", message="busy"))
    assert run(deployment).pods_admitted["status"] == "False"


def test_a_look_that_changes_nothing_asks_nothing(deployment, asked):
    pods, _answers = asked
    run(deployment)
    ModelDeployment.objects.update(next_reconcile_at="2020-01-01T00:00:00Z")
    reconcile("deployment", deployment.pk)
    assert len(pods) == 1
