"""The form of one event in the Redis stream, and its names' rules."""

import json
import re
from dataclasses import dataclass
from typing import Any

STREAM = "slipway:events"
KEPT = 10_000
EVERYONE = "*"
RESET = "reset"
_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,99}$")


@dataclass(frozen=True)
class Entry:
    """One event: `data` is JSON on one line, `id` is the stream's."""

    id: str
    topic: str
    event: str
    data: str

    def is_for(self, topics: frozenset[str]) -> bool:
        """Whether a stream of these topics shows it."""
        return self.topic in topics or self.topic == EVERYONE


def fields_of(topic: str, event: str, data: dict[str, Any]) -> dict[str, str]:
    """The fields of an event as they are added; ValueError for a name that could break out of its line."""
    for name in (topic, event):
        if name != EVERYONE and not _NAME.match(name):
            raise ValueError(f"{name!r} is no name for a topic or an event: letters, digits and . _ : / - only")
    return {"topic": topic, "event": event, "data": json.dumps(data, separators=(",", ":"), default=str)}


def entry_of(raw_id: str, fields: dict[str, str]) -> Entry:
    """The event behind what Redis returned."""
    return Entry(raw_id, fields.get("topic", ""), fields.get("event", ""), fields.get("data", "{}"))


def order_of(entry_id: str) -> tuple[int, int]:
    """A stream id as a pair that sorts."""
    milliseconds, _, number = entry_id.partition("-")
    return int(milliseconds), int(number or 0)
