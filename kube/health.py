"""Whether an object of ours does its work, told from its status in Kubernetes' own words."""

from collections.abc import Callable
from typing import Any, Literal

from kube.errors import safe_text

Health = tuple[Literal["ok", "progressing", "failed"], str, str]
_OK: Health = ("ok", "", "")


def health(live: dict[str, Any]) -> Health:
    """(state, reason, message) of a live object: ok, progressing (look again) or failed (somebody has to act)."""
    if (live.get("metadata") or {}).get("deletionTimestamp"):
        return "progressing", "Terminating", terminating(live)
    return _CHECKS.get(live.get("kind", ""), _by_conditions)(live)


def terminating(live: dict[str, Any]) -> str:
    """What holds an object that is being deleted: its conditions' text, else its finalizers."""
    conditions = (live.get("status") or {}).get("conditions") or []
    held = [condition["message"] for condition in conditions if condition.get("status") == "True" and condition.get("message")]
    finalizers = (live.get("metadata") or {}).get("finalizers") or []
    if held:
        return safe_text(" ".join(held))
    if finalizers:
        return safe_text(f"Waiting for finalizers: {', '.join(finalizers)}.")
    return "It is being deleted."


def _namespace(live: dict[str, Any]) -> Health:
    phase = (live.get("status") or {}).get("phase", "Active")
    return _OK if phase == "Active" else ("progressing", phase, terminating(live))


def _quota(live: dict[str, Any]) -> Health:
    wanted = (live.get("spec") or {}).get("hard") or {}
    counted = (live.get("status") or {}).get("hard") or {}
    if counted == wanted:
        return _OK
    return "progressing", "NotCounted", "The cluster has not yet taken the quota's numbers into effect."


def _nothing_to_check(_: dict[str, Any]) -> Health:
    return _OK


def _by_conditions(live: dict[str, Any]) -> Health:
    status = live.get("status") or {}
    generation, observed = (live.get("metadata") or {}).get("generation"), status.get("observedGeneration")
    if generation is not None and observed is not None and observed < generation:
        return "progressing", "NotObserved", "Its controller has not yet seen the newest change."
    ready = next((item for item in status.get("conditions") or [] if item.get("type") == "Ready"), None)
    if ready is None or ready.get("status") == "True":
        return _OK
    state: Literal["progressing", "failed"] = "failed" if ready.get("status") == "False" else "progressing"
    return state, safe_text(ready.get("reason", "NotReady")), safe_text(ready.get("message", ""))


_CHECKS: dict[str, Callable[[dict[str, Any]], Health]] = {
    "Namespace": _namespace,
    "ResourceQuota": _quota,
    "PodDisruptionBudget": _nothing_to_check,
    "NetworkPolicy": _nothing_to_check,
}
