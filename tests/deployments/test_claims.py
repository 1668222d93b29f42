"""A claim that a model is served from: what stands in its way is told before anything is applied, in words that say how to repair it."""

import re
from dataclasses import replace
from typing import Any

import pytest

from deployments import owner, pod_trial
from deployments.manifests.facts import Variant
from deployments.models import ModelDeployment
from deployments.pod_trial import as_verdict, noted, try_newest
from deployments.spec import Scaling, Source
from kube.deadline import Deadline
from kube.errors import ApiError
from kube.pod_trial import PodVerdict
from reconcile.engine import reconcile
from reconcile.outcome import Outcome
from tenants.models import Namespace
from tests.deploying import make_deployment, make_spec, observe_service
from tests.deployments.manifests.worlds import facts, spec
from tests.factories import make_user
from tests.pages.browsing import page_client

SHELF = Source("uri", uri="pvc://shelf/iris/3")
BOUND = {"metadata": {"name": "shelf"}, "spec": {"accessModes": ["ReadWriteOnce"]}, "status": {"phase": "Bound"}}


class Cluster:
    """Takes every pod; has this claim, or refuses to show one."""

    def __init__(self, claim: dict[str, Any] | int) -> None:
        self.claim, self.paths = claim, []

    def request(self, verb: str, path: str, **_options: Any) -> dict[str, Any]:
        self.paths.append((verb, path))
        if verb == "POST":
            return {}
        if isinstance(self.claim, int):
            raise ApiError(self.claim, "NotFound" if self.claim == 404 else "Forbidden", "planted words")
        return self.claim


def tried(claim, world=None):
    """The verdict on the newest variant of a deployment that serves from pvc://shelf/iris/3."""
    cluster = Cluster(claim)
    _pod, verdict = try_newest(cluster, world or facts(stable=Variant(1, spec(source=SHELF))), Deadline(5))
    assert ("GET", "/api/v1/namespaces/vision-prod/persistentvolumeclaims/shelf") in cluster.paths
    return verdict


def beside(stable, candidate):
    """Both sides of a rollout."""
    return facts(stable=Variant(1, stable), candidate=Variant(2, candidate), share=20)


def many(**scaling: Any):
    return facts(stable=Variant(1, spec(source=SHELF, scaling=Scaling(**scaling))))


TROUBLE = {
    "missing": (404, None, "no PersistentVolumeClaim “shelf” in vision-prod.*Create it"),
    "pending": ({**BOUND, "status": {"phase": "Pending"}}, None, "Pending, not Bound.*storage class"),
    "lost": ({**BOUND, "status": {"phase": "Lost"}}, None, "Lost, not Bound"),
    "going": ({**BOUND, "metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}}, None, "being deleted.*another one"),
    "replicas": (BOUND, many(minimum=3, maximum=3), r"one node at a time \(ReadWriteOnce\).*3 pods.*ReadWriteMany"),
    "scaled": (BOUND, many(minimum=1, maximum=4, cpu=80), "4 pods"),
    "one pod alone": ({**BOUND, "spec": {"accessModes": ["ReadWriteOncePod"]}}, many(minimum=2, maximum=2), "ReadWriteOncePod"),
    "candidate": (BOUND, beside(spec(source=SHELF), spec(source=replace(SHELF, uri="pvc://shelf/iris/4"))), "2 pods"),
}


@pytest.mark.parametrize("case", TROUBLE)
def test_a_claim_that_no_pod_could_use_is_told_with_the_repair(case):
    claim, world, words = TROUBLE[case]
    verdict = tried(claim, world)
    assert (verdict.verdict, verdict.cause) == ("refused", "Claim")
    assert re.search(words, verdict.message)
    planned = as_verdict({"metadata": {"namespace": "vision-prod", "name": "iris"}}, verdict)
    assert planned["verdict"] == "refused" and re.search(words, planned["message"]), "so the plan says it"
    (condition,) = noted([], verdict)
    assert (condition["status"], condition["reason"]) == ("False", "Claim")


@pytest.mark.parametrize(
    ("claim", "world"),
    [
        (BOUND, None),
        ({**BOUND, "spec": {"accessModes": ["ReadWriteOnce", "ReadOnlyMany"]}}, many(minimum=3, maximum=3)),
        (BOUND, beside(spec(source=replace(SHELF, uri="pvc://other/iris")), spec(source=SHELF))),
    ],
    ids=["one pod", "many nodes", "the other side has its own"],
)
def test_a_claim_that_serves_is_no_trouble(claim, world):
    assert tried(claim, world).verdict == "accepted"


def test_where_the_portal_may_not_look_that_is_said_and_nothing_else():
    verdict = tried(403)
    assert verdict.verdict == "accepted" and "could not be looked at: planted words" in verdict.message


def test_a_model_without_a_claim_asks_for_none():
    cluster = Cluster(404)
    assert try_newest(cluster, facts(), Deadline(5))[1].verdict == "accepted"
    assert [verb for verb, _path in cluster.paths] == ["POST"]


@pytest.mark.django_db(transaction=True)
def test_what_is_applied_without_a_plan_says_it_on_its_page_until_it_answers(monkeypatch):
    row = make_deployment(spec=make_spec(source=SHELF))
    space = {"apiVersion": "v1", "kind": "Namespace", "namespace": None, "name": row.namespace.name, "uid": "u1"}
    Namespace.objects.update(inventory=[space])
    monkeypatch.setattr(owner, "connection", lambda cluster: Cluster(404))
    monkeypatch.setattr(owner, "converge_inside", lambda row, attempt, space: Outcome("done", "Applied"))
    monkeypatch.setattr(pod_trial, "try_pod", lambda api, pod, *, deadline: PodVerdict("accepted"))
    assert reconcile("deployment", row.pk).state == "done"
    client, path = page_client(make_user("alice", {"vision": "owner"})), f"/deployments/{row.pk}/"
    assert "Its pods wait for their storage." in client.get(path).content.decode()
    observe_service(ModelDeployment.objects.get())
    assert "Its pods wait for their storage." not in client.get(path).content.decode()
