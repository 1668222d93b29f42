"""A point on the monotonic clock after which no call may begin: what is left of a worker's lease."""

import time

from kube.errors import DeadlinePassed


class Deadline:
    """Counts down from `seconds`; independent of changes of the wall clock."""

    __slots__ = ("_end",)

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def remaining(self) -> float:
        """Seconds left, never below 0."""
        return max(0.0, self._end - time.monotonic())

    def timeout(self, cap: float) -> float:
        """The timeout in seconds for one call: what is left, at most `cap`. Raises DeadlinePassed when nothing is left."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise DeadlinePassed("The time for this run is over; no further call was begun.")
        return min(left, cap)
