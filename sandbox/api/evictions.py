"""The eviction of a pod: a deletion that its PodDisruptionBudget must allow."""

from typing import Any

from sandbox.api.cluster import Cluster, timestamp
from sandbox.api.deletes import check_preconditions, remove
from sandbox.api.options import write_options
from sandbox.api.request import Request, Response, Target, answer
from sandbox.kinds.errors import StatusError, bad_request, forbidden
from sandbox.kinds.rules import Object
from sandbox.kinds.table import kind_named
from sandbox.schema.decode import clone
from sandbox.selectors.labels import selects
from sandbox.storage.stored import Stored

CONDITION = "DisruptionAllowed"
UNPROCESSED_SECONDS = 10
REFUSED = "Cannot evict pod as it would violate the pod's disruption budget."
SEVERAL = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."
# How many evictions may wait for the controller that counts them.
MOST_PENDING = 2000


def evict(cluster: Cluster, request: Request, target: Target, stored: Stored) -> Response:
    """POST of an Eviction; raises 429 when the budget has nothing left or nobody has counted it yet."""
    body = request.json() or {}
    if (body.get("metadata") or {}).get("name", target.name) != target.name:
        raise bad_request("name in URL does not match name in Eviction object")
    options: dict[str, Any] = body.get("deleteOptions") or {}
    dry_run = write_options(request, "CreateOptions").dry_run or bool(options.get("dryRun"))
    check_preconditions(stored, options.get("preconditions") or {})
    if not _goes_anyway(stored.value):
        _ask_budget(cluster, stored, dry_run=dry_run)
    remove(cluster, stored, grace=options.get("gracePeriodSeconds"), dry_run=dry_run)
    return answer(201, {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201})


def _goes_anyway(pod: Object) -> bool:
    phase = (pod.get("status") or {}).get("phase")
    return "deletionTimestamp" in pod["metadata"] or phase in ("Pending", "Succeeded", "Failed")


def _ask_budget(cluster: Cluster, pod: Stored, *, dry_run: bool) -> None:
    labels = pod.value["metadata"].get("labels") or {}
    budgets = cluster.store.items(kind_named("PodDisruptionBudget"), pod.namespace)
    found = [each for each in budgets if selects(each.value["spec"].get("selector"), labels)]
    if len(found) > 1:
        raise StatusError(500, "", SEVERAL)
    if not found or _may_go_unhealthy(found[0].value, pod.value):
        return
    spent = _spent(found[0], pod.name)
    if not dry_run:
        cluster.store.put(found[0].kind, spent)


def _may_go_unhealthy(budget: Object, pod: Object) -> bool:
    """A pod that is not ready takes nothing from a budget whose policy, or whose other pods, allow it."""
    conditions = (pod.get("status") or {}).get("conditions") or []
    if any(each["type"] == "Ready" and each["status"] == "True" for each in conditions):
        return False
    status = budget.get("status") or {}
    healthy, desired = status.get("currentHealthy", 0), status.get("desiredHealthy", 0)
    return bool(budget["spec"].get("unhealthyPodEvictionPolicy") == "AlwaysAllow" or healthy >= desired > 0)


def _spent(budget: Stored, pod: str) -> Object:
    """The budget with one disruption less; raises 429 or 403 when there is none."""
    value: Object = clone(budget.value)
    status = value.setdefault("status", {})
    allowed = status.get("disruptionsAllowed", 0)
    if status.get("observedGeneration", 0) < value["metadata"].get("generation", 0):
        raise _refused(f"The disruption budget {budget.name} is still being processed by the server.", UNPROCESSED_SECONDS)
    if allowed < 0:
        raise forbidden(budget.kind, budget.name, "pdb disruptions allowed is negative")
    if len(status.get("disruptedPods") or {}) > MOST_PENDING:
        raise forbidden(budget.kind, budget.name, "DisruptedPods map too big - too many evictions not confirmed by PDB controller")
    if allowed == 0:
        raise _refused(_why_none(budget.name, status))
    status["disruptionsAllowed"] = allowed - 1
    status["disruptedPods"] = {**(status.get("disruptedPods") or {}), pod: timestamp()}
    if allowed == 1:
        _tell_empty(status, value["metadata"].get("generation", 0))
    return value


def _why_none(name: str, status: Object) -> str:
    failures = [each for each in status.get("conditions") or [] if each["type"] == CONDITION and each.get("reason") == "SyncFailed"]
    why = f"; {failures[0].get('message', '')}" if failures else ""
    needed, present = status.get("desiredHealthy", 0), status.get("currentHealthy", 0)
    return f"The disruption budget {name} needs {needed} healthy pods and has {present} currently{why}"


def _tell_empty(status: Object, generation: int) -> None:
    told = {"type": CONDITION, "status": "False", "reason": "InsufficientPods", "message": "", "observedGeneration": generation}
    others = [each for each in status.get("conditions") or [] if each["type"] != CONDITION]
    status["conditions"] = [*others, {**told, "lastTransitionTime": timestamp()}]


def _refused(why: str, seconds: int = 0) -> StatusError:
    details: dict[str, Any] = {"causes": [{"reason": "DisruptionBudget", "message": why}]}
    if not seconds:
        return StatusError(429, "TooManyRequests", REFUSED, details)
    return StatusError(429, "TooManyRequests", REFUSED, {**details, "retryAfterSeconds": seconds}, {"Retry-After": str(seconds)})
