"""What was seen over the last seconds: an average of loads, a maximum of decisions. Times are seconds of any clock that only goes on."""

from collections import deque
from typing import NamedTuple


class Load(NamedTuple):
    """What the ingress counted of one revision over `seconds`: requests in flight times seconds, and requests that came."""

    seconds: float
    in_flight_seconds: float = 0.0
    requests: float = 0.0

    def amount(self, metric: str) -> float:
        """What averages over time to the metric's value."""
        return self.requests if metric == "rps" else self.in_flight_seconds


class Average:
    """The mean over a window; time of which nothing was told does not count."""

    def __init__(self, window: float) -> None:
        self._window = window
        self._told: deque[tuple[float, float, float]] = deque()

    def add(self, at: float, amount: float, seconds: float) -> None:
        """What was counted over the `seconds` that end at `at`."""
        self._told.append((at, amount, seconds))

    def value(self, at: float) -> float | None:
        """Per second; None as long as nothing was told."""
        while self._told and self._told[0][0] <= at - self._window:
            self._told.popleft()
        spent = sum(seconds for _, _, seconds in self._told)
        return sum(amount for _, amount, _ in self._told) / spent if spent > 0 else None


class Highest:
    """The largest decision of the last `delay` seconds: a step down waits so long."""

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._taken: deque[tuple[float, int]] = deque()

    def note(self, at: float, count: int) -> int:
        """Adds a decision; returns the largest."""
        while self._taken and self._taken[-1][1] <= count:
            self._taken.pop()
        self._taken.append((at, count))
        while self._taken[0][0] < at - self._delay:
            self._taken.popleft()
        return self._taken[0][1]
