"""Lengths of time as Kubernetes shows them: `7s`, `3m10s`, `5h`, `2d4h`, `1y30d`."""

from datetime import UTC, datetime
from typing import Any

from sandbox.kinds.rules import Object

UNKNOWN, INVALID = "<unknown>", "<invalid>"
MINUTE, HOUR, DAY = 60, 3600, 86_400
YEAR = 365 * DAY
# Up to so many seconds: the unit, and the smaller one that is told with it.
STEPS = (
    (2 * MINUTE, 1, "s", 0, ""),
    (10 * MINUTE, MINUTE, "m", 1, "s"),
    (3 * HOUR, MINUTE, "m", 0, ""),
    (8 * HOUR, HOUR, "h", MINUTE, "m"),
    (2 * DAY, HOUR, "h", 0, ""),
    (8 * DAY, DAY, "d", HOUR, "h"),
    (2 * YEAR, DAY, "d", 0, ""),
    (8 * YEAR, YEAR, "y", DAY, "d"),
)


def human(seconds: float) -> str:
    """A length of time in at most two units."""
    whole = int(seconds)
    if whole < -1:
        return INVALID
    for limit, unit, name, smaller, smaller_name in STEPS:
        if whole < limit:
            rest = whole % unit // smaller if smaller else 0
            return f"{max(whole, 0) // unit}{name}" + (f"{rest}{smaller_name}" if rest else "")
    return f"{whole // YEAR}y"


def read_time(text: str) -> datetime:
    """A timestamp of an object; raises ValueError for anything else."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)


def since(text: str | None, now: datetime) -> str:
    """How long ago a timestamp of an object was."""
    return human((now - read_time(text)).total_seconds()) if text else UNKNOWN


def age(value: Object, now: datetime) -> str:
    """How long ago the object was created."""
    return since(value["metadata"].get("creationTimestamp"), now)


def between(start: str, end: str) -> str:
    """How long it was from one timestamp to the other."""
    return human((read_time(end) - read_time(start)).total_seconds())


def or_none(value: Any) -> Any:
    """The value, or `<none>` for an empty one."""
    return value if value not in ("", None, [], {}) else "<none>"
