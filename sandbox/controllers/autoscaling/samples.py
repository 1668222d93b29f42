"""What metrics say of each pod, and which pods can be counted upon; pure functions."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

Object = dict[str, Any]
# A young pod's CPU tells of its start and not of its work.
INITIALIZATION = timedelta(minutes=5)
FIRST_READINESS = timedelta(seconds=30)


@dataclass(frozen=True)
class Sample:
    """One pod's metric: its value, when it was taken, and over how many seconds."""

    value: Decimal
    taken: datetime
    window: float = 0.0


@dataclass
class Groups:
    """The pods of a target by what their metrics are worth; `ready` counts those whose metrics hold."""

    ready: int = 0
    unready: set[str] = field(default_factory=set)
    missing: set[str] = field(default_factory=set)
    ignored: set[str] = field(default_factory=set)


def group(pods: list[Object], samples: dict[str, Sample], resource: str, at: datetime) -> Groups:
    """Sort pods by name into groups, at a moment."""
    groups = Groups()
    for pod in pods:
        name, phase = pod["metadata"]["name"], (pod.get("status") or {}).get("phase")
        if "deletionTimestamp" in pod["metadata"] or phase == "Failed":
            groups.ignored.add(name)
        elif phase == "Pending":
            groups.unready.add(name)
        elif name not in samples:
            groups.missing.add(name)
        elif resource == "cpu" and _is_warming_up(pod, samples[name], at):
            groups.unready.add(name)
        else:
            groups.ready += 1
    return groups


def moment(text: str | None) -> datetime | None:
    """A time of the API; None for none."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC) if text else None


def _is_warming_up(pod: Object, sample: Sample, at: datetime) -> bool:
    status = pod.get("status") or {}
    ready: Object = next((each for each in status.get("conditions") or [] if each["type"] == "Ready"), {})
    started, changed = moment(status.get("startTime")), moment(ready.get("lastTransitionTime"))
    if not ready or started is None:
        return True
    changed = changed or started
    if started + INITIALIZATION > at:
        return ready["status"] == "False" or sample.taken < changed + timedelta(seconds=sample.window)
    return bool(ready["status"] == "False" and started + FIRST_READINESS > changed)
