"""Cumulative histograms: added up, subtracted, and asked for quantiles in the way of Prometheus' histogram_quantile."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import inf, isfinite
from typing import Any, NamedTuple, Self

MOST_BUCKETS = 200


class Quantile(NamedTuple):
    """`value` in the histogram's unit; when `above`, the true one is greater: it lies beyond the last bucket with a bound."""

    value: float
    above: bool


@dataclass(frozen=True)
class Histogram:
    """`counts[i]` observations are at most `bounds[i]`; the last count, without a bound, is of all. Bounds ascend and are finite."""

    bounds: tuple[float, ...] = ()
    counts: tuple[int, ...] = (0,)

    @classmethod
    def of(cls, buckets: Mapping[float, int]) -> Self | None:
        """From cumulative counts by upper bound, infinity among them; None without it, without any other, or with far too many."""
        finite = sorted(bound for bound in buckets if isfinite(bound))
        if inf not in buckets or not finite or len(finite) > MOST_BUCKETS:
            return None
        return cls(tuple(finite), _ascending(buckets[bound] for bound in (*finite, inf)))

    @classmethod
    def load(cls, data: Mapping[str, Any] | None) -> Self | None:
        """From the JSON of `dump`."""
        return cls(tuple(data["bounds"]), tuple(data["counts"])) if data else None

    def dump(self) -> dict[str, Any]:
        """As JSON."""
        return {"bounds": list(self.bounds), "counts": list(self.counts)}

    @property
    def total(self) -> int:
        """How many observations there are."""
        return self.counts[-1]

    def plus(self, other: "Histogram") -> "Histogram":
        """Both together, in the buckets that both know."""
        return self._with(other, 1)

    def minus(self, earlier: "Histogram") -> "Histogram":
        """What came since `earlier`, an older state of the same histogram."""
        return self._with(earlier, -1)

    def _with(self, other: "Histogram", sign: int) -> "Histogram":
        if not self.bounds or not other.bounds:
            # One of them is empty from the beginning and knows no buckets yet.
            bounds = self.bounds or other.bounds
        else:
            bounds = self.bounds if self.bounds == other.bounds else tuple(sorted({*self.bounds} & {*other.bounds}))
        counts = (mine + sign * theirs for mine, theirs in zip(self._at(bounds), other._at(bounds), strict=True))
        return Histogram(bounds, _ascending(counts))

    def _at(self, bounds: tuple[float, ...]) -> tuple[int, ...]:
        if bounds == self.bounds:
            return self.counts
        known = dict(zip(self.bounds, self.counts, strict=False))
        return (*(known.get(bound, 0) for bound in bounds), self.total)

    def quantile(self, q: float) -> Quantile | None:
        """The value below which the part `q` of the observations is, linear within its bucket; None while nothing is known."""
        if not self.total or not self.bounds:
            return None
        rank = q * self.total
        place = bisect_left(self.counts, rank)
        if place >= len(self.bounds):
            return Quantile(self.bounds[-1], True)
        end = self.bounds[place]
        if place == 0 and end <= 0:
            return Quantile(end, False)
        start, below = (self.bounds[place - 1], self.counts[place - 1]) if place else (0.0, 0)
        return Quantile(start + (end - start) * (rank - below) / (self.counts[place] - below), False)


EMPTY = Histogram()


def _ascending(counts: Iterable[int]) -> tuple[int, ...]:
    """No count is below the one before it: buckets that were read while requests came can say so by one or two."""
    made, most = [], 0
    for count in counts:
        most = max(most, count)
        made.append(most)
    return tuple(made)
