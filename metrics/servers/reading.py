"""What one process says that it has counted since it began, whatever it calls it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import inf
from typing import Any, Self

from metrics.servers.exposition import Exposition, Sample
from metrics.servers.histogram import EMPTY, Histogram
from metrics.servers.names import START, Names, Series

# A process's start is worked out anew for each answer by some libraries, from a clock that is put right now and then.
SAME_START_SECONDS = 2.0


@dataclass(frozen=True)
class Reading:
    """`errors` is None where they are not counted, `times` (milliseconds) where there is no distribution, `started` (seconds since the
    epoch) where the process does not say when it began."""

    requests: int = 0
    errors: int | None = 0
    times: Histogram | None = EMPTY
    started: float | None = None

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> Self:
        """From the JSON of `dump`."""
        return cls(data["requests"], data["errors"], Histogram.load(data["times"]), data["started"])

    def dump(self) -> dict[str, Any]:
        """As JSON."""
        times = self.times.dump() if self.times else None
        return {"requests": self.requests, "errors": self.errors, "times": times, "started": self.started}

    def begins_after(self, earlier: "Reading") -> bool:
        """Whether the counters began at nought again since `earlier` was read: the process says so, or something is less than it was."""
        if self.started is not None and earlier.started is not None and self.started - earlier.started > SAME_START_SECONDS:
            return True
        pairs = [(self.requests, earlier.requests), (self.errors, earlier.errors), (_total(self.times), _total(earlier.times))]
        return any(now is not None and then is not None and now < then for now, then in pairs)


NOTHING = Reading()


def reading_of(text: Exposition, names: Names) -> Reading:
    """What a server that uses these names has counted; None for what it does not count at all."""
    errors = _sum(text, names.errors) if names.errors and any(text.has(series.name) for series in names.errors) else None
    timed = names.times is not None and text.has(f"{names.times.name}_bucket")
    times = times_of(_matching(text, names.times, "_bucket"), names.milliseconds) if names.times and timed else None
    return Reading(_sum(text, names.requests), errors, times, started_in(text))


def started_in(text: Exposition) -> float | None:
    """When the process began, if it says so."""
    found = [sample.value for sample in text.samples if sample.name in START and sample.value > 0]
    return max(found, default=None)


def times_of(samples: Iterable[Sample], milliseconds: float) -> Histogram | None:
    """The histogram of `_bucket` samples in milliseconds, that of each label set added up; `milliseconds` are in one of its units."""
    sets: dict[tuple[tuple[str, str], ...], dict[float, int]] = defaultdict(dict)
    for sample in samples:
        bound = _bound(sample.labels.get("le", ""))
        if bound is not None:
            rest = tuple(sorted((name, value) for name, value in sample.labels.items() if name != "le"))
            sets[rest][round(bound * milliseconds, 6)] = int(sample.value)
    total = EMPTY
    for buckets in sets.values():
        one = Histogram.of(buckets)
        if one is None:
            return None
        total = total.plus(one)
    return total


def _bound(text: str) -> float | None:
    try:
        bound = float(text)
    except ValueError:
        return None
    return bound if bound == inf or abs(bound) < inf else None


def _sum(text: Exposition, wanted: Iterable[Series]) -> int:
    return sum(int(sample.value) for series in wanted for sample in _matching(text, series))


def _matching(text: Exposition, series: Series, suffix: str = "") -> list[Sample]:
    return [sample for sample in text.samples if sample.name == series.name + suffix and series.matches(sample.labels)]


def _total(times: Histogram | None) -> int | None:
    return times.total if times else None
