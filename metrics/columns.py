"""Values of one subject by name, sixty a window, and how finer ones become a coarser one without losing anything.

A gauge is kept as its sum; where a value stands for several samples, beside it how many (`:n`) and the largest (`:max`). Everything else
counts what came in its time, and is added up.
"""

from array import array
from collections.abc import Mapping
from math import isnan, nan

from metrics.steps import SAMPLES

# NaN stands for a gap.
Columns = dict[str, "array[float]"]
Point = dict[str, float]
GAUGES = frozenset({"cpu", "memory", "pods", "cpu.request", "cpu.limit", "memory.request", "memory.limit"})
# Cumulative counts by upper bound in milliseconds: "times:25", and "times:inf" for all.
TIMES, ALL_TIMES = "times:", "times:inf"


def empty_column(length: int = SAMPLES) -> "array[float]":
    """Nothing but gaps."""
    return array("d", [nan]) * length


def put(columns: Columns, slot: int, point: Mapping[str, float]) -> None:
    """Take the point in as the whole of what is known of its slot."""
    for column in columns.values():
        column[slot] = nan
    for name, value in point.items():
        if name not in columns:
            columns[name] = empty_column()
        columns[name][slot] = value


def fold(columns: Columns, begin: int, end: int) -> Point:
    """The slots from `begin` up to `end` as one; without the names of which nothing is known."""
    parts = {name: column[begin:end] for name, column in columns.items()}
    point: Point = {}
    for name, values in parts.items():
        base, colon, _what = name.partition(":")
        if base not in GAUGES:
            _add_count(point, name, values, parts)
        elif not colon:
            _add_gauge(point, name, values, parts)
    return point


def points_of(columns: Columns, length: int) -> list[Point]:
    """Each of the first `length` slots by itself, as it is kept."""
    points: list[Point] = [{} for _ in range(length)]
    for name, column in columns.items():
        for point, value in zip(points, column, strict=False):
            if not isnan(value):
                point[name] = value
    return points


def mean(point: Point, name: str) -> float | None:
    """Of a gauge; what is not folded stands for one sample."""
    return point[name] / point.get(f"{name}:n", 1.0) if name in point else None


def most(point: Point, name: str) -> float | None:
    """The largest sample of a gauge."""
    return point.get(f"{name}:max", point.get(name))


def _add_gauge(point: Point, name: str, values: "array[float]", parts: Mapping[str, "array[float]"]) -> None:
    if not (known := _known(values)):
        return
    counted, largest = _known(parts.get(f"{name}:n", ())), _known(parts.get(f"{name}:max", ()))
    point[name] = sum(known)
    point[f"{name}:n"] = sum(counted) if counted else len(known)
    point[f"{name}:max"] = max(largest or known)


def _add_count(point: Point, name: str, values: "array[float]", parts: Mapping[str, "array[float]"]) -> None:
    """A bound that one of the histograms does not know cannot be had of their sum."""
    known = _known(values)
    if known and not (name.startswith(TIMES) and len(known) < len(_known(parts.get(ALL_TIMES, ())))):
        point[name] = sum(known)


def _known(values: "array[float] | tuple[()]") -> list[float]:
    return [value for value in values if not isnan(value)]
