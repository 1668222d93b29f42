"""Counters and histograms of the serving processes, in Prometheus' text format."""

import time
from bisect import bisect_left
from collections.abc import Sequence

TYPE = "text/plain; version=0.0.4; charset=utf-8"
Labels = tuple[str, ...]


class Counter:
    """Counts by label values; `labels` are their names."""

    def __init__(self, name: str, words: str, labels: Sequence[str]) -> None:
        self.name, self._words, self._labels = name, words, tuple(labels)
        self._values: dict[Labels, float] = {}

    def add(self, *values: str, amount: float = 1.0) -> None:
        """Count one more for these label values."""
        self._values[values] = self._values.get(values, 0.0) + amount

    def lines(self) -> list[str]:
        """As text, sorted by labels."""
        shown = [f"{self.name}{_braces(self._labels, values)} {_number(count)}" for values, count in sorted(self._values.items())]
        return [*_head(self.name, self._words, "counter"), *shown]


class Histogram:
    """Distributions by label values, with the upper `bounds` of their buckets."""

    def __init__(self, name: str, words: str, labels: Sequence[str], bounds: Sequence[float]) -> None:
        self.name, self._words, self._labels, self._bounds = name, words, tuple(labels), tuple(bounds)
        self._counts: dict[Labels, list[int]] = {}
        self._sums: dict[Labels, float] = {}

    def observe(self, value: float, *values: str) -> None:
        """Note one observation for these label values."""
        counts = self._counts.get(values)
        if counts is None:
            counts = self._counts[values] = [0] * (len(self._bounds) + 1)
        counts[bisect_left(self._bounds, value)] += 1
        self._sums[values] = self._sums.get(values, 0.0) + value

    def lines(self) -> list[str]:
        """As text, sorted by labels; buckets count all that is not above their bound."""
        shown = _head(self.name, self._words, "histogram")
        for values, counts in sorted(self._counts.items()):
            total = 0
            for bound, count in zip((*map(_number, self._bounds), "+Inf"), counts, strict=True):
                total += count
                shown.append(f"{self.name}_bucket{_braces((*self._labels, 'le'), (*values, bound))} {total}")
            shown.append(f"{self.name}_sum{_braces(self._labels, values)} {self._sums[values]:.6f}")
            shown.append(f"{self.name}_count{_braces(self._labels, values)} {total}")
        return shown


class Start:
    """When this process began to count, by the name that Prometheus' client libraries give it: so a restart is told from a quiet time."""

    def __init__(self) -> None:
        self._at = time.time()

    def lines(self) -> list[str]:
        """As text, in seconds since the epoch."""
        name = "process_start_time_seconds"
        return [*_head(name, "Start of the process in seconds since the epoch.", "gauge"), f"{name} {self._at:.2f}"]


def exposition(*metrics: Counter | Histogram | Start) -> str:
    """The text of a /metrics endpoint."""
    return "\n".join([line for metric in metrics for line in metric.lines()] + [""])


def _head(name: str, words: str, kind: str) -> list[str]:
    return [f"# HELP {name} {words}", f"# TYPE {name} {kind}"]


def _braces(names: Sequence[str], values: Sequence[str]) -> str:
    pairs = ",".join(f'{name}="{_escaped(value)}"' for name, value in zip(names, values, strict=True))
    return f"{{{pairs}}}" if pairs else ""


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _number(value: float) -> str:
    return f"{value:g}" if value < 1e6 else f"{value:.0f}"
