"""The conditions of an autoscaler's status; pure functions."""

from typing import Any

Object = dict[str, Any]


def with_condition(conditions: list[Object], name: str, status: str, reason: str, message: str, at: str) -> list[Object]:
    """The conditions with one set; it keeps its lastTransitionTime while its status stays."""
    before = next((each for each in conditions if each["type"] == name), None)
    since = before["lastTransitionTime"] if before is not None and before["status"] == status else at
    fresh = {"type": name, "status": status, "lastTransitionTime": since, "reason": reason, "message": message}
    if before is None:
        return [*conditions, fresh]
    return [fresh if each is before else each for each in conditions]
