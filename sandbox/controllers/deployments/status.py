"""The status of a Deployment: its counts, and whether it is available, progresses, or cannot."""

from sandbox.client.calls import Object
from sandbox.client.clock import now, seconds_since
from sandbox.controllers.deployments.rollout import fenceposts, replicas_of, status_total, total

NO_DEADLINE = 2**31 - 1
COMPLETE, TIMED_OUT, UPDATED = "NewReplicaSetAvailable", "ProgressDeadlineExceeded", "ReplicaSetUpdated"


def counted(deployment: Object, sets: list[Object], newest: Object | None) -> Object:
    """The status with new counts and the Available condition; the other conditions are as before."""
    before = deployment.get("status") or {}
    available = status_total(sets, "availableReplicas")
    status: Object = {
        "observedGeneration": deployment["metadata"].get("generation", 1),
        "replicas": status_total(sets, "replicas"),
        "updatedReplicas": status_total([newest], "replicas") if newest else 0,
        "readyReplicas": status_total(sets, "readyReplicas"),
        "availableReplicas": available,
        "unavailableReplicas": max(total(sets) - available, 0),
        "conditions": list(before.get("conditions") or []),
    }
    if "collisionCount" in before:
        status["collisionCount"] = before["collisionCount"]
    if available >= replicas_of(deployment) - fenceposts(deployment)[1]:
        set_condition(status, "Available", "True", "MinimumReplicasAvailable", "Deployment has minimum availability.")
    else:
        set_condition(status, "Available", "False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability.")
    return {key: value for key, value in status.items() if value or key == "observedGeneration"}


def progressed(deployment: Object, status: Object, newest: Object | None) -> None:
    """Bring the Progressing condition of a new status up to date."""
    if deadline(deployment) is None:
        drop_condition(status, "Progressing")
        return
    before = condition(deployment.get("status") or {}, "Progressing")
    if before and before["reason"] == COMPLETE and status.get("replicas", 0) == status.get("updatedReplicas", 0):
        return
    name = newest["metadata"]["name"] if newest else deployment["metadata"]["name"]
    what = f'{"ReplicaSet" if newest else "Deployment"} "{name}"'
    if is_complete(deployment, status):
        set_condition(status, "Progressing", "True", COMPLETE, f"{what} has successfully progressed.")
    elif _has_moved(deployment.get("status") or {}, status):
        drop_condition(status, "Progressing")
        since = before["lastTransitionTime"] if before and before["status"] == "True" else None
        set_condition(status, "Progressing", "True", UPDATED, f"{what} is progressing.", since=since)
    elif _is_late(deployment, status):
        set_condition(status, "Progressing", "False", TIMED_OUT, f"{what} has timed out progressing.")


def copy_failure(status: Object, sets: list[Object], newest: Object | None) -> None:
    """Take over the ReplicaFailure of the newest ReplicaSet, else of any."""
    for item in [*([newest] if newest else []), *sets]:
        failure = condition(item.get("status") or {}, "ReplicaFailure")
        if failure:
            set_condition(status, "ReplicaFailure", failure["status"], failure["reason"], failure["message"])
            return
    drop_condition(status, "ReplicaFailure")


def is_complete(deployment: Object, status: Object) -> bool:
    """Whether every pod is of the current template and available."""
    wanted = replicas_of(deployment)
    counts = [status.get(key, 0) for key in ("updatedReplicas", "replicas", "availableReplicas")]
    return counts == [wanted] * 3 and status.get("observedGeneration", 0) >= deployment["metadata"].get("generation", 1)


def seconds_to_deadline(deployment: Object, status: Object) -> float | None:
    """How long a rollout that waits may still do so, or None when it waits for nothing."""
    limit, current = deadline(deployment), condition(status, "Progressing")
    if limit is None or not current or current["reason"] in (COMPLETE, TIMED_OUT) or is_complete(deployment, status):
        return None
    return max(limit - seconds_since(current["lastUpdateTime"]), 0.0)


def deadline(deployment: Object) -> int | None:
    """progressDeadlineSeconds, or None."""
    limit = deployment["spec"].get("progressDeadlineSeconds")
    return None if limit in (None, NO_DEADLINE) else int(limit)


def condition(status: Object, kind: str) -> Object | None:
    """The condition of this type, or None."""
    return next((each for each in status.get("conditions") or [] if each["type"] == kind), None)


def set_condition(status: Object, kind: str, value: str, reason: str, message: str, *, since: str | None = None) -> None:
    """Replace a condition unless its status and reason are the same; the transition time only changes with the status."""
    current = condition(status, kind)
    if current and current["status"] == value and current["reason"] == reason:
        return
    kept = current["lastTransitionTime"] if current and current["status"] == value else None
    drop_condition(status, kind)
    times = {"lastUpdateTime": now(), "lastTransitionTime": since or kept or now()}
    status.setdefault("conditions", []).append({"type": kind, "status": value, **times, "reason": reason, "message": message})


def drop_condition(status: Object, kind: str) -> None:
    """Remove a condition."""
    status["conditions"] = [each for each in status.get("conditions") or [] if each["type"] != kind]


def _has_moved(before: Object, after: Object) -> bool:
    def old(status: Object) -> int:
        return int(status.get("replicas", 0) - status.get("updatedReplicas", 0))

    grown = any(after.get(key, 0) > before.get(key, 0) for key in ("updatedReplicas", "readyReplicas", "availableReplicas"))
    return grown or old(after) < old(before)


def _is_late(deployment: Object, status: Object) -> bool:
    limit, current = deadline(deployment), condition(status, "Progressing")
    if limit is None or not current or current["reason"] == COMPLETE:
        return False
    return bool(current["reason"] == TIMED_OUT or seconds_since(current["lastUpdateTime"]) > limit)
