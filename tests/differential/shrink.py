"""Reduces a failing sequence to few calls: drops halves, quarters, ... single calls while it still fails alike."""

from collections.abc import Callable, Sequence

from tests.differential.calls import Call
from tests.differential.compare import Difference, Pair

Fails = Callable[[Sequence[Call]], bool]


def fewest(pair: Pair, calls: Sequence[Call], first: Difference) -> list[Call]:
    """The shortest sequence found after which the two servers still differ about the call that they differed about first."""

    def fails(some: Sequence[Call]) -> bool:
        return any(each.call == first.call for each in pair.differences(some, "space"))

    return shrink(calls[: first.number + 1], fails)


def shrink(calls: Sequence[Call], fails: Fails) -> list[Call]:
    """The shortest sequence found that still fails."""
    left, size = list(calls), max(len(calls) // 2, 1)
    while True:
        position, dropped = 0, False
        while position < len(left):
            shorter = left[:position] + left[position + size :]
            if shorter and fails(shorter):
                left, dropped = shorter, True
            else:
                position += size
        if size == 1 and not dropped:
            return left
        size = max(size // 2, 1)
