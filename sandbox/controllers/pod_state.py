"""What controllers read off a pod: whether it counts, is ready, and since when."""

from datetime import datetime

from sandbox.client.calls import Object
from sandbox.client.clock import seconds_since


def phase(pod: Object) -> str:
    """status.phase; a pod without status is pending."""
    return str((pod.get("status") or {}).get("phase") or "Pending")


def is_finished(pod: Object) -> bool:
    """Whether it has succeeded or failed for good."""
    return phase(pod) in ("Succeeded", "Failed")


def is_active(pod: Object) -> bool:
    """Neither finished nor being deleted."""
    return not is_finished(pod) and "deletionTimestamp" not in pod["metadata"]


def ready_since(pod: Object) -> str | None:
    """Since when the pod is ready, or None."""
    conditions = (pod.get("status") or {}).get("conditions") or []
    return next((each.get("lastTransitionTime") or "" for each in conditions if each["type"] == "Ready" and each["status"] == "True"), None)


def is_ready(pod: Object) -> bool:
    """Whether its Ready condition is True."""
    return ready_since(pod) is not None


def seconds_until_available(pod: Object, min_ready_seconds: int) -> float | None:
    """How long a ready pod must stay so to count as available: 0 when it does; None for one that is not ready."""
    since = ready_since(pod)
    if since is None:
        return None
    return max(min_ready_seconds - seconds_since(since), 0.0) if min_ready_seconds and since else 0.0


def restarts(pod: Object) -> int:
    """The most restarts of any of its containers."""
    return max((each.get("restartCount", 0) for each in (pod.get("status") or {}).get("containerStatuses") or []), default=0)


def age_key(timestamp: str) -> float:
    """A time as a number that grows; 0 for no time."""
    return datetime.fromisoformat(timestamp).timestamp() if timestamp else 0.0
