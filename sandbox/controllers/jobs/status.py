"""The status of a Job: its conditions and what they mean."""

from sandbox.client.calls import Object
from sandbox.client.clock import now, seconds_since

COMPLETE, FAILED, SUSPENDED = "Complete", "Failed", "Suspended"
# What a Job will end as, while its last pods still go.
INTERIM = {COMPLETE: "SuccessCriteriaMet", FAILED: "FailureTarget"}


def condition(status: Object, kind: str) -> Object | None:
    """The condition of this type if it is True, or None."""
    conditions = status.get("conditions") or []
    return next((each for each in conditions if each["type"] == kind and each["status"] == "True"), None)


def end_of(job: Object) -> Object | None:
    """The condition by which the Job has ended, or None."""
    status = job.get("status") or {}
    return condition(status, COMPLETE) or condition(status, FAILED)


def set_condition(status: Object, kind: str, reason: str, message: str, *, value: str = "True") -> bool:
    """Set a condition of a status; whether that changed its value."""
    before = next((each for each in status.get("conditions") or [] if each["type"] == kind), None)
    if before and before["status"] == value and before.get("reason") == reason:
        return False
    others = [each for each in status.get("conditions") or [] if each["type"] != kind]
    changed = {"type": kind, "status": value, "lastProbeTime": now(), "lastTransitionTime": now(), "reason": reason, "message": message}
    status["conditions"] = [*others, changed]
    return True


def seconds_to_deadline(job: Object) -> float | None:
    """How long a Job that has started may still run (0: its time is up), or None without a deadline."""
    limit, started = job["spec"].get("activeDeadlineSeconds"), (job.get("status") or {}).get("startTime")
    if limit is None or not started or job["spec"].get("suspend"):
        return None
    return max(float(limit) - seconds_since(started), 0.0)


def seconds_to_removal(job: Object) -> float | None:
    """How long a Job that has ended may still stay (0: it goes), or None if it stays for good."""
    limit, end = job["spec"].get("ttlSecondsAfterFinished"), end_of(job)
    if limit is None or end is None:
        return None
    return max(float(limit) - seconds_since(end["lastTransitionTime"]), 0.0)
