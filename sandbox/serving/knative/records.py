"""Knative's Revision objects: what a revision says of itself, as `kubectl get revisions` shows it. Pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.controllers.ownership import reference_to
from sandbox.serving import conditions as kinds
from sandbox.serving.autoscaler.rules import Rules
from sandbox.serving.conditions import TRUE, State, conditions
from sandbox.serving.knative.revisions import Revision, labels_of
from sandbox.serving.model_status import failure_of, is_ready
from sandbox.serving.names import KNATIVE_GROUP, Object
from sandbox.serving.pods import Template
from sandbox.serving.predictors import Predictor

ROUTING = f"{KNATIVE_GROUP}/routingState"
ACTIVE, PENDING, RESERVE = "active", "pending", "reserve"
HEALTHY, AVAILABLE = "ContainerHealthy", "ResourcesAvailable"
NO_TRAFFIC = State("False", "NoTraffic", "The target is not receiving traffic.")
TIMED_OUT = State("False", "TimedOut", "The target could not be activated.")
QUEUED = State("Unknown", "Queued", "Requests to the target are being buffered as resources are provisioned.")
DEPLOYING = State("Unknown", "Deploying")
NEVER = State("False", "ProgressDeadlineExceeded", "Initial scale was never achieved")


def record(owner: Object, predictor: Predictor, template: Template, revision: str, number: int) -> Object:
    """A Revision as Knative makes it of an InferenceService's predictor; nothing leads to it yet."""
    known = {"configuration": predictor.workload, "configurationGeneration": str(number), "service": predictor.workload}
    own = {f"{KNATIVE_GROUP}/{key}": value for key, value in known.items()}
    metadata = {
        "name": revision,
        "namespace": owner["metadata"]["namespace"],
        "labels": {**labels_of(template, revision), **own, ROUTING: PENDING},
        "annotations": template.annotations,
        "ownerReferences": [reference_to(owner)],
    }
    limits = {"containerConcurrency": predictor.spec.get("containerConcurrency"), "timeoutSeconds": predictor.spec.get("timeout")}
    spec = {**{key: value for key, value in limits.items() if value}, **template.spec}
    return {"apiVersion": f"{KNATIVE_GROUP}/v1", "kind": "Revision", "metadata": metadata, "spec": spec}


def routing_of(item: Object) -> str:
    """active with a share of the traffic, be it 0 %; pending until it was ready; reserve when nothing leads to it."""
    return str((item["metadata"].get("labels") or {}).get(ROUTING, PENDING))


def state_of(item: Object | None, kind: str) -> State:
    """A condition of a Revision; Unknown without one."""
    found = ((item or {}).get("status") or {}).get("conditions") or []
    return next((_told(each) for each in found if each["type"] == kind), DEPLOYING)


def _told(condition: Object) -> State:
    return State(condition["status"], condition.get("reason", ""), condition.get("message", ""))


def has_begun(item: Object | None) -> bool:
    """Whether it was ready once: then it can be woken, and keeps its traffic at zero."""
    return state_of(item, AVAILABLE).status == "True"


@dataclass(frozen=True)
class Seen:
    """What there is of a revision."""

    revision: Revision
    pods: Sequence[Object]
    rules: Rules

    @property
    def living(self) -> list[Object]:
        """Its pods that are not on their way out."""
        return [pod for pod in self.pods if "deletionTimestamp" not in pod["metadata"]]

    @property
    def ready(self) -> int:
        """How many of them answer."""
        return sum(map(is_ready, self.living))


def status(item: Object, seen: Seen) -> Object:
    """What is to stand in a Revision's status."""
    before = item.get("status") or {}
    begun = has_begun(item) or seen.revision.is_available
    available, healthy = _available(seen, begun=begun), _healthy(seen, begun=begun)
    ready = next((each for each in (available, healthy) if each.status == "False"), available if available.status != "True" else healthy)
    states = {kinds.ACTIVE: _active(item, seen), HEALTHY: healthy, AVAILABLE: available, kinds.READY: ready}
    return {
        "observedGeneration": item["metadata"].get("generation", 1),
        "conditions": conditions(states, before.get("conditions") or []),
        "actualReplicas": seen.ready,
        "desiredReplicas": seen.revision.replicas,
    }


def _active(item: Object, seen: Seen) -> State:
    if not seen.revision.replicas:
        former = state_of(item, kinds.ACTIVE)
        return former if former.status == "False" else TIMED_OUT if former.status == "Unknown" and not seen.ready else NO_TRAFFIC
    least = seen.rules.minimum if routing_of(item) != RESERVE else 0
    return TRUE if seen.ready >= max(least, 1) else QUEUED


def _available(seen: Seen, *, begun: bool) -> State:
    if begun:
        return TRUE
    if not seen.revision.replicas:
        return NEVER
    progressing = seen.revision.condition("Progressing")
    return _told(progressing) if progressing.get("status") == "False" else DEPLOYING


def _healthy(seen: Seen, *, begun: bool) -> State:
    """False while nobody answers and a container failed; else as true as that it was ready once."""
    failed = next((failure for pod in seen.living if (failure := failure_of(pod))), None)
    if failed is not None and not seen.ready:
        return State("False", f"ExitCode{failed.code}", f"Container failed with: {failed.message}")
    return TRUE if begun else DEPLOYING
