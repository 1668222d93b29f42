"""Whether an object of ours does its work, told from its status in Kubernetes' own words."""

from collections.abc import Callable
from typing import Any, Literal

from kube.errors import safe_text

Health = tuple[Literal["ok", "progressing", "failed"], str, str]
_OK: Health = ("ok", "", "")
_NOT_OBSERVED: Health = ("progressing", "NotObserved", "Its controller has not yet seen the newest change.")
# What KServe says of a model when trying longer changes nothing, and of a rollout when it is not waited for any more.
_BLOCKED = ("BlockedByFailedLoad", "InvalidSpec")
_GIVEN_UP = ("ProgressDeadlineExceeded", "RevisionFailed", "InvalidPredictorSpec")


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
    if _is_behind(live):
        return _NOT_OBSERVED
    ready = _condition(live, "Ready")
    if not ready or ready.get("status") == "True":
        return _OK
    return ("failed" if ready.get("status") == "False" else "progressing"), *_words(ready)


def _inference_service(live: dict[str, Any]) -> Health:
    """Ready, as KServe says it. Not ready is progressing until KServe itself says that the model, or what is asked, cannot be served."""
    ready, stopped = _condition(live, "Ready"), _condition(live, "Stopped")
    if _is_behind(live) or not ready:
        return _NOT_OBSERVED
    if stopped.get("status") == "True":
        return "ok", "Stopped", safe_text(stopped.get("message") or "")
    failure, message = _model_failure(live)
    if failure:
        return "failed", failure, message
    if ready.get("status") == "True":
        return _OK
    held = next(
        (found for found in (_condition(live, "PredictorReady"), ready) if found.get("status") != "True" and found.get("reason")), ready
    )
    return ("failed" if held.get("reason") in _GIVEN_UP else "progressing"), *_words(held)


def _model_failure(live: dict[str, Any]) -> tuple[str, str]:
    """(reason, message) of why the newest model cannot be loaded; empty while it is tried, and when it is up."""
    status = (live.get("status") or {}).get("modelStatus") or {}
    if status.get("transitionStatus") not in _BLOCKED:
        return "", ""
    info = status.get("lastFailureInfo") or {}
    return safe_text(info.get("reason") or status["transitionStatus"]), safe_text(info.get("message") or "")


def _is_behind(live: dict[str, Any]) -> bool:
    generation, observed = (live.get("metadata") or {}).get("generation"), (live.get("status") or {}).get("observedGeneration")
    return generation is not None and observed is not None and observed < generation


def _condition(live: dict[str, Any], kind: str) -> dict[str, Any]:
    return next((item for item in (live.get("status") or {}).get("conditions") or [] if item.get("type") == kind), {})


def _words(condition: dict[str, Any]) -> tuple[str, str]:
    return safe_text(condition.get("reason") or "NotReady"), safe_text(condition.get("message") or "")


_CHECKS: dict[str, Callable[[dict[str, Any]], Health]] = {
    "Namespace": _namespace,
    "ResourceQuota": _quota,
    "InferenceService": _inference_service,
    "PodDisruptionBudget": _nothing_to_check,
    "NetworkPolicy": _nothing_to_check,
}
