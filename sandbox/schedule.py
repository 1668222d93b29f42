"""Cron schedules as CronJobs write them: five fields, or a descriptor such as @hourly or @every 90m."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

DESCRIPTORS = {
    **{"@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0"},
    **{"@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *"},
}
EVERY = re.compile(r"@every (?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
FIELDS = 5


class ScheduleError(ValueError):
    """The text is no schedule."""


class Schedule:
    """When something is due, in a time zone (UTC unless given). Raises ScheduleError for a text that cannot be read."""

    def __init__(self, text: str, zone: ZoneInfo | None = None) -> None:
        self._zone = zone or ZoneInfo("UTC")
        self._every = _every(text)
        self._expression = DESCRIPTORS.get(text, text).replace("?", "*")
        if self._every is None:
            self._check()

    @property
    def is_interval(self) -> bool:
        """Whether its times depend on where one starts to count."""
        return self._every is not None

    def after(self, moment: datetime) -> Iterator[datetime]:
        """Every due time later than `moment`, in order."""
        if self._every is not None:
            due = moment.replace(microsecond=0)
            while True:
                due += self._every
                yield due
        yield from CronSim(self._expression, moment.astimezone(self._zone))

    def latest(self, since: datetime, until: datetime) -> datetime | None:
        """The last due time later than `since` and not later than `until`, or None."""
        if self._every is not None:
            times = (until - since) // self._every
            return since.replace(microsecond=0) + times * self._every if times > 0 else None
        backwards = CronSim(self._expression, until.astimezone(self._zone) + timedelta(seconds=1), reverse=True)
        found = next(backwards, None)
        return found if found is not None and found > since else None

    def _check(self) -> None:
        fields = self._expression.split()
        if self._expression.startswith("@"):
            raise ScheduleError(f"unrecognized descriptor: {self._expression}")
        if len(fields) != FIELDS:
            raise ScheduleError(f"expected exactly {FIELDS} fields, found {len(fields)}: [{' '.join(fields)}]")
        try:
            CronSim(self._expression, datetime.now(self._zone))
        except CronSimError as error:
            raise ScheduleError(f"failed to parse {self._expression}: {error}") from error


def _every(text: str) -> timedelta | None:
    match = EVERY.fullmatch(text)
    if match is None or not any(match.groups()):
        return None
    hours, minutes, seconds = (int(group or 0) for group in match.groups())
    return timedelta(hours=hours, minutes=minutes, seconds=max(seconds, 0)) or timedelta(seconds=1)
