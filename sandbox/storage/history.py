"""The bounded history of changes per kind, which watches read by position and wait upon."""

import asyncio
from collections import deque
from dataclasses import dataclass

from sandbox.storage.stored import Stored


@dataclass(frozen=True, slots=True)
class Change:
    """One write: `before` is None for a creation, `after` is None for a removal; `last` then carries its final version."""

    version: int
    before: Stored | None
    after: Stored | None
    last: Stored


# Bytes of JSON that one history keeps: what waits there for slow watches is mostly states that are no longer.
HEAVIEST = 32 * 2**20


class History:
    """Changes of one kind in order, as many as `size` and HEAVIEST allow; `floor` is the newest version whose successors are all here."""

    def __init__(self, floor: int, size: int) -> None:
        self.floor, self._size = floor, size
        self._changes: deque[Change] = deque()
        self._first = self._weight = 0
        self._waiters: set[asyncio.Future[None]] = set()

    def add(self, change: Change) -> None:
        """Append a change and wake every watch."""
        self._changes.append(change)
        self._weight += len(change.last.bare)
        while len(self._changes) > self._size or self._weight > HEAVIEST:
            oldest = self._changes.popleft()
            self.floor = oldest.version
            self._weight -= len(oldest.last.bare)
            self._first += 1
        self.wake()

    def wake(self) -> None:
        """Let every waiting watch look again."""
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)
        self._waiters.clear()

    def forget(self, floor: int) -> None:
        """Drop everything, as a compaction does: older versions are gone."""
        self._first += len(self._changes)
        self._changes.clear()
        self._weight = 0
        self.floor = floor
        self.wake()

    def position_after(self, version: int) -> int | None:
        """The position of the first change later than `version`, or None when some of them are gone."""
        if version < self.floor:
            return None
        newer = 0
        for change in reversed(self._changes):
            if change.version <= version:
                break
            newer += 1
        return self._first + len(self._changes) - newer

    def read(self, position: int) -> list[Change] | None:
        """Changes from `position` on, or None when the reader is so late that some are gone."""
        if position < self._first:
            return None
        offset = position - self._first
        count = len(self._changes) - offset
        return [self._changes[-index] for index in range(count, 0, -1)] if count else []

    async def wait(self, seconds: float) -> None:
        """Return at the next change, or after `seconds`."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.add(waiter)
        try:
            await asyncio.wait_for(waiter, seconds)
        except TimeoutError:
            pass
        finally:
            self._waiters.discard(waiter)
