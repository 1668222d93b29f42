"""How one stream reads one container: first what was there before, then beside everybody else from the ring."""

from contextlib import closing
from typing import NamedTuple

from kube.connect import Api
from kube.log_lines import Line, Place
from kube.logs import LogSource
from logs.ring import Item
from logs.upstream import Target, Upstream

AT_ONCE = 500
# What is read apart from the ring comes in pieces of this many lines, so that no stream holds more.
PIECE = 2_000


class Beginning(NamedTuple):
    """Where one who has seen nothing begins: since a time (nanoseconds since the epoch), or so many lines before the end."""

    since: int | None = None
    tail: int | None = None


class Reading:
    """`place` is that of the last line that was handed out, None before the first."""

    def __init__(self, target: Target, api: Api, upstream: Upstream, place: Place | None, beginning: Beginning) -> None:
        self.target, self.api, self.upstream, self.place = target, api, upstream, place
        self._beginning: Beginning | None = beginning if place is None and beginning != Beginning() else None
        self._number: int | None = 0 if place is None and self._beginning is None else None

    def ready(self) -> list[Item]:
        """What can be handed out at once, from the ring."""
        if self._number is None:
            return []
        items = self.upstream.ring.after(self._number, AT_ONCE)
        if items is None:
            # Whoever reads slower than lines come goes on as one who comes back does.
            self._number = None if self.place else self.upstream.ring.first
            return []
        self._number += len(items)
        return self._handed(items)

    @property
    def has_more(self) -> bool:
        """Whether `ready` would hand out something."""
        return self._number is not None and self._number < self.upstream.ring.end

    @property
    def is_over(self) -> bool:
        """Whether nothing will ever be handed out again."""
        return self.upstream.ended and not self.has_more and not self.is_behind()

    def is_behind(self) -> bool:
        """Whether lines are missing that are not in the ring: then `earlier` has them."""
        if self._beginning is not None:
            return True
        if self._number is None and self.place is not None:
            self._number = self.upstream.ring.number_after(self.place)
        return self._number is None and self.upstream.ring.end > 0

    def earlier(self) -> list[Item]:
        """The next piece of what is not in the ring, by an answer of its own. Blocks: call it in a thread. Raises KubeError."""
        begin = self._beginning or Beginning()
        source = LogSource(
            self.api,
            self.target.namespace,
            self.target.pod,
            self.target.container,
            uid=self.target.uid,
            after=self.place,
            since=begin.since,
            tail=begin.tail,
            follow=False,
        )
        found: list[Item] = []
        with closing(source.batches()) as batches:
            for batch in batches:
                found += batch if isinstance(batch, list) else [batch]
                if len(found) >= PIECE:
                    break
        self._beginning = None
        self.place = source.place or self.place
        if not found and (self.place is None or self.is_behind()):
            # Nothing more can be had (the pod is gone, or nothing was written yet): what the ring has is all there is.
            self._number = self.upstream.ring.first
        return found

    def _handed(self, items: list[Item]) -> list[Item]:
        last = next((item for item in reversed(items) if isinstance(item, Line)), None)
        self.place = last.place if last else self.place
        return items
