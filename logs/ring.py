"""The newest lines of one container, numbered, bounded in bytes: written by the thread that reads the log, read by every stream."""

from collections import deque
from collections.abc import Sequence
from itertools import islice
from threading import Lock

from kube.log_lines import Line, Place
from kube.logs import Notice

Item = Line | Notice
CAPACITY = 1024 * 1024
_OVERHEAD = 100


class Ring:
    """Items have consecutive numbers from 0 on; `first` is that of the oldest one kept."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self.first = 0
        self._items: deque[Item] = deque()
        self._bytes, self._capacity = 0, capacity
        self._lock = Lock()

    @property
    def end(self) -> int:
        """The number that the next item will have."""
        return self.first + len(self._items)

    def add(self, items: Sequence[Item]) -> None:
        """Append; what no longer fits is forgotten from the old end."""
        with self._lock:
            self._items.extend(items)
            self._bytes += sum(map(_size, items))
            while self._bytes > self._capacity and len(self._items) > 1:
                self._bytes -= _size(self._items.popleft())
                self.first += 1

    def after(self, number: int, most: int) -> list[Item] | None:
        """At most `most` items from `number` on; None when that one is forgotten already."""
        with self._lock:
            if number < self.first:
                return None
            return list(islice(self._items, number - self.first, number - self.first + most))

    def number_after(self, place: Place) -> int | None:
        """The number of the item behind the line at `place`; None when it is not known that nothing is missing between them."""
        with self._lock:
            last = None
            for offset, item in enumerate(self._items):
                if isinstance(item, Line):
                    if item.place > place:
                        break
                    last = offset
            return None if last is None else self.first + last + 1


def _size(item: Item) -> int:
    return _OVERHEAD + (len(item.text) if isinstance(item, Line) else 0)
