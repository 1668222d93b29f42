"""How many replicas a metric asks for, as Kubernetes documents the algorithm; pure functions."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sandbox.controllers.autoscaling.samples import Groups, Sample

TOLERANCE = Fraction(1, 10)
Values = dict[str, Decimal]
# Exact: 5/3 of three replicas are five, and not a little more.
Ratio = Callable[[Values], Fraction]


class MetricsError(Exception):
    """The metrics say nothing that a count could follow from; the text is for the status."""


@dataclass(frozen=True)
class Count:
    """The replicas that a metric asks for, and its current value: the average of a pod, and in percent of the requests."""

    replicas: int
    average: Decimal
    utilization: int | None = None


def by_utilization(current: int, target: int, samples: dict[str, Sample], requests: Values, groups: Groups) -> Count:
    """From the use of a resource in percent of what the pods request."""
    values = _usable(samples, groups)
    known = {name: value for name, value in values.items() if name in requests}
    if not known:
        raise MetricsError("no metrics returned matched known pods")
    asked = sum((requests[name] for name in known), Decimal(0))
    if not asked:
        raise MetricsError("the pods request none of the resource")
    utilization = int(sum(known.values(), Decimal(0)) * 100 / asked)

    def ratio(of: Values) -> Fraction:
        own = {name: value for name, value in of.items() if name in requests}
        total = sum((requests[name] for name in own), Decimal(0))
        return Fraction(int(sum(own.values(), Decimal(0)) * 100 / total), target)

    fallback = {name: requests.get(name, Decimal(0)) * max(100, target) / 100 for name in groups.missing}
    average = sum(known.values(), Decimal(0)) / len(known)
    return Count(_settle(current, values, groups, ratio, fallback), average, utilization)


def by_average(current: int, target: Decimal, samples: dict[str, Sample], groups: Groups) -> Count:
    """From the average of a metric over the pods."""
    values = _usable(samples, groups)

    def ratio(of: Values) -> Fraction:
        return Fraction(sum(of.values(), Decimal(0))) / len(of) / Fraction(target)

    replicas = _settle(current, values, groups, ratio, dict.fromkeys(groups.missing, target))
    return Count(replicas, sum(values.values(), Decimal(0)) / len(values))


def by_value(current: int, ready: int, target: Decimal, value: Decimal) -> Count:
    """From one value for all: the target is what it should be."""
    ratio = Fraction(value) / Fraction(target)
    if current == 0:
        return Count(math.ceil(ratio), value)
    return Count(current if _is_close(ratio) else math.ceil(ratio * ready), value)


def by_value_per_pod(current: int, target: Decimal, value: Decimal) -> Count:
    """From one value that the pods share: the target is the part of each."""
    average = value / current if current else value
    is_close = current > 0 and _is_close(Fraction(value) / Fraction(target * current))
    return Count(current if is_close else math.ceil(Fraction(value) / Fraction(target)), average)


def _usable(samples: dict[str, Sample], groups: Groups) -> Values:
    values = {name: each.value for name, each in samples.items() if name not in groups.ignored | groups.unready}
    if not values:
        raise MetricsError("did not receive metrics for targeted pods (pods might be unready)")
    return values


def _settle(current: int, values: Values, groups: Groups, ratio: Ratio, fallback: Values) -> int:
    """The count for a ratio; pods without metrics are taken for what makes the change smaller, and never turn it round."""
    first = ratio(values)
    waits = bool(groups.unready) and first > 1
    if not waits and not groups.missing:
        return current if _is_close(first) else math.ceil(first * groups.ready)
    if first < 1:
        values = values | fallback
    elif first > 1:
        values = values | dict.fromkeys(groups.missing, Decimal(0))
    if waits:
        values = values | dict.fromkeys(groups.unready, Decimal(0))
    second = ratio(values)
    if _is_close(second) or (first < 1 < second) or (second < 1 < first):
        return current
    replicas = math.ceil(second * len(values))
    turns = (second < 1 and replicas > current) or (second > 1 and replicas < current)
    return current if turns else replicas


def _is_close(ratio: Fraction) -> bool:
    return abs(1 - ratio) <= TOLERANCE
