"""When a CronJob is due: pure functions of the CronJob and the time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

from sandbox.client.calls import Object
from sandbox.schedule import Schedule

TOO_MANY = 100


@dataclass(frozen=True)
class Timing:
    """The last time at which a Job should have started (None: none since), whether it is one of very many, and the next to come."""

    due: datetime | None
    has_missed_many: bool
    following: datetime


def timing_of(cron: Object, now: datetime) -> Timing:
    """Times since the last scheduled one, or since the CronJob was made; raises ScheduleError, or ZoneInfoNotFoundError."""
    spec = cron["spec"]
    schedule = Schedule(spec["schedule"], ZoneInfo(spec.get("timeZone") or "UTC"))
    start = datetime.fromisoformat((cron.get("status") or {}).get("lastScheduleTime") or cron["metadata"]["creationTimestamp"])
    if "startingDeadlineSeconds" in spec:
        start = max(start, now - timedelta(seconds=spec["startingDeadlineSeconds"]))
    due = schedule.latest(start, now)
    missed = sum(1 for _ in islice(takewhile(lambda moment: moment <= now, schedule.after(start)), TOO_MANY + 1)) if due else 0
    return Timing(due, missed > TOO_MANY, next(schedule.after(due or start if schedule.is_interval else now)))


def is_too_late(cron: Object, due: datetime, now: datetime) -> bool:
    """Whether a Job that should have started then may not start any more."""
    deadline = cron["spec"].get("startingDeadlineSeconds")
    return deadline is not None and due + timedelta(seconds=deadline) < now
