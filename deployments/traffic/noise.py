"""Whether the candidate differs from the stable side by more than chance would make it; shown beside the figures, never acted on."""

from math import sqrt
from typing import Literal

from deployments.traffic.period import Totals
from metrics.servers.histogram import Histogram

Comparison = Literal["worse", "better", "same"]
# Two sides that do the same look different once in twenty times.
CERTAINTY = 1.96
FEWEST = 30


def compare_errors(stable: Totals, candidate: Totals) -> Comparison | None:
    """By the difference of two proportions; None with too little to compare."""
    sides = [(side.errors, side.requests) for side in (candidate, stable)]
    if any(errors is None or not requests or requests < FEWEST for errors, requests in sides):
        return None
    (e1, n1), (e2, n2) = ((errors or 0, requests or 1) for errors, requests in sides)
    pooled = (e1 + e2) / (n1 + n2)
    spread = sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
    return _verdict(e1 / n1 - e2 / n2, CERTAINTY * spread)


def compare_times(stable: Totals, candidate: Totals, q: float) -> Comparison | None:
    """By the ranges in which the quantiles surely lie; None with too little to compare."""
    mine, theirs = _range(candidate.times, q), _range(stable.times, q)
    if mine is None or theirs is None:
        return None
    if mine[0] > theirs[1]:
        return "worse"
    return "better" if mine[1] < theirs[0] else "same"


def _verdict(difference: float, noise: float) -> Comparison:
    if abs(difference) <= noise:
        return "same"
    return "worse" if difference > 0 else "better"


def _range(times: Histogram | None, q: float) -> tuple[float, float] | None:
    if times is None or times.total < FEWEST:
        return None
    half = CERTAINTY * sqrt(q * (1 - q) / times.total)
    low, high = times.quantile(max(0.0, q - half)), times.quantile(min(1.0, q + half))
    if low is None or high is None:
        return None
    return low.value, float("inf") if high.above else high.value
