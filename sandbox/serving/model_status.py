"""modelStatus of a predictor, from its Deployment's pods: loaded, on the way, or failed and why. Pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.serving.names import CONTAINER, INITIALIZER, Object
from sandbox.serving.problems import SpecProblem

HASH = "pod-template-hash"
LOADED, LOADING, PENDING, FAILED = "Loaded", "Loading", "Pending", "FailedToLoad"
UP_TO_DATE, IN_PROGRESS, BLOCKED, INVALID = "UpToDate", "InProgress", "BlockedByFailedLoad", "InvalidSpec"
LOAD_FAILED = "ModelLoadFailed"


@dataclass(frozen=True)
class Failure:
    """Why a pod's model did not load."""

    pod: str
    message: str
    code: int
    time: str


def model_status(pods: Sequence[Object], newest: str) -> Object:
    """`pods` are those of one Deployment, `newest` is the template hash of its current revision."""
    living = [pod for pod in pods if "deletionTimestamp" not in pod["metadata"]]
    target = [pod for pod in living if _hash(pod) == newest]
    failures = [failure for pod in target if (failure := failure_of(pod))]
    is_loaded = bool(target) and any(is_ready(pod) for pod in target)
    serves = is_loaded or any(is_ready(pod) for pod in living)
    state = LOADED if is_loaded else FAILED if failures else LOADING if any(_runs(pod) for pod in target) else PENDING
    status: Object = {
        "transitionStatus": UP_TO_DATE if is_loaded else BLOCKED if failures else IN_PROGRESS,
        "states": {"activeModelState": LOADED if serves else state, "targetModelState": state},
        "copies": {"failedCopies": len(failures), "totalCopies": len(target)},
    }
    if failures and not is_loaded:
        last = failures[-1]
        status["lastFailureInfo"] = {"reason": LOAD_FAILED, "message": last.message, "exitCode": last.code, "modelRevisionName": last.pod}
        status["lastFailureInfo"] |= {"time": last.time} if last.time else {}
    return status


def invalid(problem: SpecProblem, before: Object) -> Object:
    """Of a spec that cannot be served; what is loaded stays loaded."""
    states = before.get("states") or {"activeModelState": PENDING}
    active = states.get("activeModelState", PENDING)
    failure = {"reason": problem.reason, "message": problem.message}
    copies = before.get("copies") or {"failedCopies": 0, "totalCopies": 0}
    return {
        "transitionStatus": INVALID,
        "states": {"activeModelState": active, "targetModelState": PENDING},
        "copies": copies,
        "lastFailureInfo": failure,
    }


def failure_of(pod: Object) -> Failure | None:
    """Why its model is not loaded, if its containers ended in failure; a pod that is ready has none."""
    if is_ready(pod):
        return None
    status = pod.get("status") or {}
    listed = [*(status.get("initContainerStatuses") or []), *(status.get("containerStatuses") or [])]
    for each in listed:
        if each["name"] not in (INITIALIZER, CONTAINER):
            continue
        state, last = each.get("state") or {}, (each.get("lastState") or {}).get("terminated")
        ended = state.get("terminated") or last
        # One that runs again may still succeed, and says so by its failure before only until it is ready.
        if ended and ended.get("exitCode"):
            message = ended.get("message") or f"{each['name']}: {ended.get('reason', 'Error')}, exit code {ended['exitCode']}"
            return Failure(pod["metadata"]["name"], message, int(ended["exitCode"]), ended.get("finishedAt") or "")
    return None


def is_ready(pod: Object) -> bool:
    """Whether its condition Ready is true."""
    return any(each["type"] == "Ready" and each["status"] == "True" for each in (pod.get("status") or {}).get("conditions") or [])


def _hash(pod: Object) -> str:
    return str((pod["metadata"].get("labels") or {}).get(HASH, ""))


def _runs(pod: Object) -> bool:
    status = pod.get("status") or {}
    listed = [*(status.get("initContainerStatuses") or []), *(status.get("containerStatuses") or [])]
    return any("running" in (each.get("state") or {}) for each in listed)
