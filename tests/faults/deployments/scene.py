"""Deployments that a member has made, attempts at them by the real engine, and what is said of their objects."""

import time
from dataclasses import replace
from typing import Any

from django.db.models.functions import Now

from clusters.models import Cluster
from clusters.serving import serving_of
from deployments.models import ModelDeployment
from deployments.spec import Scaling
from kube.connect import Api
from kube.errors import ApiError
from kube.inventory import Entry, Ref
from kube.kinds import path_of
from reconcile.backlog import work_off
from reconcile.clock import database_now
from reconcile.engine import reconcile
from reconcile.outcome import Outcome
from sandbox.serving.builtin import definitions
from tests.deploying import make_spec
from tests.deployments.asking import approve, ask_for
from tests.faults.cast import Cast
from tests.faults.engine_room import settle as settle_namespaces
from tests.faults.judge import Judge
from tests.faults.proxy import Proxy
from tests.kube.definitions import OPEN, small

NAME = "defects"
LIST = {"type": "array", "items": {"x-kubernetes-preserve-unknown-fields": True}}
# What this cluster lets nobody exceed.
MOST_REPLICAS = 20
FOREVER = [{"rule": "self == oldSelf", "message": "a protocol is kept"}]


def _service() -> dict[str, Any]:
    """The definition of KServe's simulator, somewhat stricter; the project's own takes an old server most of a minute."""
    made = next(each for each in definitions() if each["spec"]["names"]["kind"] == "InferenceService")
    schema = made["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    predictor = schema["properties"]["spec"]["properties"]["predictor"]["properties"]
    predictor["maxReplicas"] = {**predictor["maxReplicas"], "maximum": MOST_REPLICAS}
    model = predictor["model"]["properties"]
    model["protocolVersion"] = {**model["protocolVersion"], "x-kubernetes-validations": FOREVER}
    return made


DEFINITIONS = {
    "InferenceService": _service(),
    "ServiceMonitor": small(
        "ServiceMonitor", {"type": "object", "properties": {"selector": OPEN, "endpoints": LIST, "targetLabels": LIST}}
    ),
    "HTTPRoute": small("HTTPRoute", {"type": "object", "properties": {"parentRefs": LIST, "hostnames": LIST, "rules": LIST}}),
}
APPLY = "application/apply-patch+yaml"


def make(cast: Cast, **changes: Any) -> ModelDeployment:
    """A deployment of two to four replicas with a budget, in a namespace of its own, applied and confirmed."""
    row = begin(cast, **changes)
    assert attempt(row).state == "done", row.conditions
    return row


def begin(cast: Cast, **changes: Any) -> ModelDeployment:
    """The same, due and not attempted yet."""
    namespace = cast.namespace()
    settle_namespaces(namespace)
    spec = replace(make_spec(), **{"scaling": Scaling(2, 4, cpu=80), "min_available": 1, **changes})
    placed = ask_for(cast.alice, namespace, name=NAME, spec=spec, options={"confirmed": True})
    assert placed.deployment, placed.request
    return placed.deployment


def revise(cast: Cast, row: ModelDeployment, **changes: Any) -> None:
    """The next revision takes the place of the one that serves."""
    row.refresh_from_db()
    assert row.revision
    placed = ask_for(cast.alice, row.namespace, name=NAME, spec=replace(row.revision.spec, **changes), options={"confirmed": True})
    if placed.request:
        approve(placed.request, cast.dana)
    row.refresh_from_db()


def attempt(row: ModelDeployment) -> Outcome:
    """One attempt of the engine, as when its time has come."""
    ModelDeployment.objects.filter(pk=row.pk).update(next_reconcile_at=Now())
    outcome = reconcile("deployment", row.pk)
    assert outcome is not None
    row.refresh_from_db()
    return outcome


def known_kinds(cluster: Cluster) -> set[str]:
    """What a deployment is made of on this cluster."""
    cluster.refresh_from_db()
    serving = serving_of(cluster)
    route = "HTTPRoute" if serving.gateway else "Ingress"
    return {"InferenceService", *(set(serving.kinds) & {"HorizontalPodAutoscaler", "PodDisruptionBudget", "ServiceMonitor", route})}


def through_ingress(cluster: Cluster) -> None:
    """The cluster has no Gateway but ingress-nginx: Ingresses share the requests out."""
    cluster.serving_override = {"canary": False, "gateway": "", "ingress_class": "nginx"}
    cluster.save(update_fields=["serving_override"])


def entries(row: ModelDeployment) -> dict[str, Entry]:
    """The inventory by kind."""
    row.refresh_from_db()
    return {entry["kind"]: entry for entry in row.inventory}


def states(row: ModelDeployment) -> dict[str, str]:
    """What became of each object in the last attempt, by kind."""
    return {kind: entry["state"] for kind, entry in entries(row).items()}


def live(hand: Api, row: ModelDeployment, kind: str) -> dict[str, Any] | None:
    """The object as the cluster has it, or None."""
    try:
        return hand.request("GET", path_of(Ref.of(entries(row)[kind])))
    except ApiError as error:
        if not error.not_found:
            raise
        return None


def applied(row: ModelDeployment) -> dict[str, Any]:
    """The condition Applied."""
    row.refresh_from_db()
    found = row.condition("Applied")
    assert found
    return dict(found)


def tried_in(row: ModelDeployment) -> float:
    """Seconds until it is looked at again by itself."""
    row.refresh_from_db()
    assert row.next_reconcile_at is not None
    return (row.next_reconcile_at - database_now()).total_seconds()


def rests(row: ModelDeployment) -> None:
    """It waits for a person: it is looked at again in minutes, not in seconds, and says failed meanwhile."""
    assert 60 < tried_in(row) <= 301
    assert row.state == "failed"


def no_hot_loop(row: ModelDeployment, proxy: Proxy, judge: Judge) -> None:
    """A worker beside it finds nothing to do, and what is looked at again three times changes nothing."""
    proxy.forget()
    until = time.monotonic() + 1.0
    while time.monotonic() < until:
        work_off(0.1)
        time.sleep(0.05)
    assert proxy.calls == []
    before = versions(judge, row)
    for _ in range(3):
        attempt(row)
    assert versions(judge, row) == before


def versions(judge: Judge, row: ModelDeployment) -> dict[str, str]:
    """The oracle's resource versions of its objects; those of the namespace have controllers that may still be at them."""
    own = {f"{entry['namespace']}/{entry['kind']}/{entry['name']}" for entry in entries(row).values()}
    return {key: version for key, version in judge.versions().items() if key in own}


def owned_by(hand: Api, row: ModelDeployment, kind: str, manager: str, content: dict[str, Any]) -> None:
    """A manager applies this by force; with nothing in it, it gives up what it had."""
    ref = Ref.of(entries(row)[kind])
    body = {"apiVersion": ref.api_version, "kind": ref.kind, "metadata": {"name": ref.name}, **content}
    hand.request("PATCH", path_of(ref), query={"fieldManager": manager, "force": "true"}, body=body, content_type=APPLY)
