"""What a PodDisruptionBudget's status is, from its pods and how many of them there should be; pure functions."""

from collections.abc import Iterable, Mapping
from math import ceil

from sandbox.client.calls import Object
from sandbox.client.clock import now, seconds_since
from sandbox.controllers.pod_state import is_ready

# An eviction that nothing came of in this time is forgotten.
CONFIRM_SECONDS = 120.0
CONDITION = "DisruptionAllowed"


def asks_for_scale(spec: Object) -> bool:
    """Whether the bound is a share of, or a distance from, what the pods' controllers should have."""
    return "maxUnavailable" in spec or isinstance(spec.get("minAvailable"), str)


def desired_healthy(spec: Object, expected: int) -> int:
    """How many pods must stay healthy; percentages round up, in favour of `minAvailable` as of `maxUnavailable`."""
    if "maxUnavailable" in spec:
        return max(expected - _amount(spec["maxUnavailable"], expected), 0)
    return _amount(spec.get("minAvailable", 1), expected)


def pending_evictions(budget: Object, pods: Iterable[Object]) -> dict[str, str]:
    """Of the evictions that the API server let through, by pod, those of which nothing has been seen yet."""
    noted = (budget.get("status") or {}).get("disruptedPods") or {}
    living = {pod["metadata"]["name"] for pod in pods if "deletionTimestamp" not in pod["metadata"]}
    return {name: since for name, since in noted.items() if name in living and seconds_since(since) < CONFIRM_SECONDS}


def status_of(budget: Object, pods: list[Object], expected: int, pending: Mapping[str, str]) -> Object:
    """The status that follows."""
    healthy = sum(_is_healthy(pod) for pod in pods if pod["metadata"]["name"] not in pending)
    desired = desired_healthy(budget["spec"], expected)
    allowed = max(healthy - desired, 0) if expected > 0 else 0
    status: Object = {"currentHealthy": healthy, "desiredHealthy": desired, "expectedPods": expected, "disruptionsAllowed": allowed}
    if pending:
        status["disruptedPods"] = dict(pending)
    reason = "SufficientPods" if allowed else "InsufficientPods"
    return _told(budget, status, reason, "")


def failed(budget: Object, why: str) -> Object:
    """When it cannot be told, nothing may go."""
    status = {key: item for key, item in (budget.get("status") or {}).items() if key != "conditions"}
    return _told(budget, {**status, "disruptionsAllowed": 0}, "SyncFailed", why)


def _told(budget: Object, status: Object, reason: str, message: str) -> Object:
    generation = budget["metadata"].get("generation", 0)
    old: Object = next((each for each in (budget.get("status") or {}).get("conditions") or [] if each["type"] == CONDITION), {})
    truth = "True" if reason == "SufficientPods" else "False"
    since = old["lastTransitionTime"] if old.get("status") == truth else now()
    condition = {"type": CONDITION, "status": truth, "reason": reason, "message": message, "lastTransitionTime": since}
    return {**status, "observedGeneration": generation, "conditions": [{**condition, "observedGeneration": generation}]}


def _amount(bound: int | str, expected: int) -> int:
    return ceil(expected * int(bound[:-1]) / 100) if isinstance(bound, str) else bound


def _is_healthy(pod: Object) -> bool:
    return is_ready(pod) and "deletionTimestamp" not in pod["metadata"]
