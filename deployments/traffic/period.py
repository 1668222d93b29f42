"""Adds up what both sides did since the share last changed, from counters of single processes that begin at nought when one restarts."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self

from deployments.traffic.sides import NAMES, Name
from metrics.servers.histogram import EMPTY, Histogram
from metrics.servers.reading import NOTHING, Reading


class Seen(NamedTuple):
    """One process at this moment: `key` names it for good, `reading` is None when it did not answer.

    `fresh` says that it is certain to have counted nothing before the period began.
    """

    key: str
    side: Name
    reading: Reading | None
    fresh: bool = False


@dataclass
class Totals:
    """What one side did in the period. None for what has no source: nobody has answered yet, or they do not count it."""

    requests: int | None = None
    errors: int | None = None
    times: Histogram | None = None

    def add(self, now: Reading, before: Reading) -> None:
        """What `now` has counted beyond `before`; all of it when its counters began anew since."""
        if now.begins_after(before):
            before = NOTHING
        first = self.requests is None
        self.requests = (self.requests or 0) + now.requests - before.requests
        if now.errors is None or (self.errors is None and not first):
            self.errors = None
        else:
            self.errors = (self.errors or 0) + now.errors - (before.errors or 0)
        if now.times is None or (self.times is None and not first):
            self.times = None
        else:
            self.times = (self.times or EMPTY).plus(now.times.minus(before.times or EMPTY))

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> Self:
        """From the JSON of `dump`."""
        return cls(data["requests"], data["errors"], Histogram.load(data["times"]))

    def dump(self) -> dict[str, Any]:
        """As JSON."""
        return {"requests": self.requests, "errors": self.errors, "times": self.times.dump() if self.times else None}


@dataclass
class Period:
    """From `since` on, by the counters of one `source`. `known` keeps what each process had counted when it was last read; None for
    one that was there before and has not answered yet."""

    since: dt.datetime
    source: str
    totals: dict[Name, Totals] = field(default_factory=lambda: {name: Totals() for name in NAMES})
    known: dict[str, Reading | None] = field(default_factory=dict)

    def take_in(self, processes: Iterable[Seen]) -> None:
        """Add what they counted since they were last read, and forget those that are gone."""
        seen = list(processes)
        for process in seen:
            before = self.known.get(process.key, NOTHING if process.fresh else None)
            self.known[process.key] = self._take(process, before)
        here = {process.key for process in seen}
        self.known = {key: reading for key, reading in self.known.items() if key in here}

    def _take(self, process: Seen, before: Reading | None) -> Reading | None:
        now = process.reading
        if now is None:
            return before
        if before is None:
            # First seen in the middle of its life: only what comes from now on is of this period.
            before = NOTHING if self._began_within(now) else now
        self.totals[process.side].add(now, before)
        return now

    def _began_within(self, reading: Reading) -> bool:
        return reading.started is not None and reading.started >= self.since.timestamp()

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> Self:
        """From the JSON of `dump`."""
        totals = {name: Totals.load(data["totals"][name]) for name in NAMES}
        known = {key: Reading.load(reading) if reading else None for key, reading in data["known"].items()}
        return cls(dt.datetime.fromisoformat(data["since"]), data["source"], totals, known)

    def dump(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "since": self.since.isoformat(),
            "source": self.source,
            "totals": {name: totals.dump() for name, totals in self.totals.items()},
            "known": {key: reading.dump() if reading else None for key, reading in self.known.items()},
        }
