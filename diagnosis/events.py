"""Events merged and counted: the same thing said of the same object, however its numbers and names of pods differ."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

from clusters.models import Event

_CHANGING = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}|\b[a-z0-9]+(?:-[a-z0-9]+)*-[a-z0-9]{5}\b|\d+(?:\.\d+)?", re.IGNORECASE)


@dataclass(frozen=True)
class Merged:
    """`message` is the newest wording; `count` is how often it was said between `first_at` and `last_at`."""

    kind: str
    name: str
    reason: str
    message: str
    type: str
    count: int
    first_at: dt.datetime
    last_at: dt.datetime


def merged(events: Iterable[Event]) -> list[Merged]:
    """Newest first."""
    found: dict[tuple[str, str, str, str], list[Event]] = {}
    for event in events:
        found.setdefault((event.involved_kind, event.involved_name, event.reason, shape_of(event.message)), []).append(event)
    return sorted((_merged(same) for same in found.values()), key=lambda each: each.last_at, reverse=True)


def shape_of(message: str) -> str:
    """The message without what changes from one time to the next."""
    return _CHANGING.sub("#", message)


def _merged(same: list[Event]) -> Merged:
    newest = max(same, key=lambda event: event.last_at)
    first = min(event.first_at or event.last_at for event in same)
    count = sum(event.count for event in same)
    about = (newest.involved_kind, newest.involved_name, newest.reason, newest.message, newest.type)
    return Merged(*about, count, first, newest.last_at)
