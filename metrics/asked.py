"""The query of a series -> which, of what time, by what step; ValidationError names the field that makes no sense."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Protocol

from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from metrics.names import NAMES, OF_POD, Name
from metrics.steps import FINE, HOUR, KEPT, MINUTE

MOST_POINTS = 1_500
LONGEST = KEPT[HOUR]
DEFAULT_SECONDS = 3600
_BACK = re.compile(r"^-?(\d{1,9})([smhd])$")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class Query(Protocol):
    """What is read of a query."""

    def get(self, key: str, /) -> str | None: ...

    def getlist(self, key: str, /) -> list[str]: ...


@dataclass(frozen=True)
class Asked:
    """From `since` up to `until` in seconds since the epoch, whole multiples of `step`; `base` is the kept step that it is made of."""

    names: tuple[Name, ...]
    since: int
    until: int
    step: int
    base: int

    @property
    def points(self) -> int:
        """How many values each series has."""
        return (self.until - self.since) // self.step


def asked(query: Query, now: dt.datetime, offered: tuple[str, ...]) -> Asked:
    """`name` of those that are offered (several, or all), `from` and `to` (times, or 6h for six hours ago), `step` in seconds."""
    present = int(now.timestamp())
    until = _time("to", query.get("to") or "", present, present)
    since = _time("from", query.get("from") or "", present, until - DEFAULT_SECONDS)
    if since >= until:
        raise ValidationError({"from": _("It has to be before “to”.")})
    if until - since > LONGEST:
        raise ValidationError({"from": _("At most %(days)s days can be asked for at once.") % {"days": LONGEST // 86400}})
    of_pod = offered == OF_POD
    step = _step(query.get("step") or "", since, until, present, of_pod)
    since -= since % step
    return Asked(_names(query.getlist("name"), offered), since, until + -until % step, step, _base(step, of_pod))


def _names(texts: list[str], offered: tuple[str, ...]) -> tuple[Name, ...]:
    wanted = [name for text in texts for name in text.split(",") if name]
    if unknown := [name for name in wanted if name not in offered]:
        raise ValidationError(
            {"name": _("“%(name)s” is no series; there are %(all)s.") % {"name": unknown[0][:40], "all": ", ".join(offered)}}
        )
    return tuple(NAMES[name] for name in dict.fromkeys(wanted or offered))


def _time(field: str, text: str, now: int, default: int) -> int:
    if not text:
        return default
    if found := _BACK.match(text):
        return max(0, now - int(found[1]) * _UNITS[found[2]])
    if text.isascii() and text.isdigit() and len(text) <= 12:
        return int(text)
    try:
        at = parse_datetime(text.replace(" ", "+"))
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or at.year < 1971:
        raise ValidationError({field: _("Give a time such as 2026-05-01T12:00:00Z, seconds since 1970, or 6h for six hours ago.")})
    return int(at.timestamp())


def _step(text: str, since: int, until: int, now: int, of_pod: bool) -> int:
    finest = _finest(now - since, of_pod)
    if not text:
        return next(step for step in _steps(finest) if (until - since) // step < MOST_POINTS)
    step = int(text) if text.isascii() and text.isdigit() and len(text) <= 7 else 0
    if step < finest or step % finest:
        raise ValidationError({"step": _("So far back there are steps of %(step)s seconds and multiples of them.") % {"step": finest}})
    if (until - since) // step >= MOST_POINTS:
        raise ValidationError({"step": _("That would be more than %(most)s values: ask for a longer step.") % {"most": MOST_POINTS}})
    return step


def _finest(back: int, of_pod: bool) -> int:
    """The finest step that is kept for so many seconds."""
    if back <= KEPT[FINE] + MINUTE:
        return FINE
    return MINUTE if of_pod or back <= KEPT[MINUTE] + HOUR else HOUR


def _steps(finest: int) -> list[int]:
    return [step for step in (FINE, MINUTE, 5 * MINUTE, HOUR, 2 * HOUR, 24 * HOUR) if step >= finest and step % finest == 0]


def _base(step: int, of_pod: bool) -> int:
    return next(base for base in ((MINUTE, FINE) if of_pod else (HOUR, MINUTE, FINE)) if step % base == 0)
