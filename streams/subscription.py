"""One open browser stream's queue: bounded, and ended with a reason instead of growing."""

import asyncio

from streams.entry import EVERYONE, RESET, Entry

DEPTH = 1_000


class Subscription:
    """Events of some topics, in order. `reason` says why it was ended: the page must then reload what it shows."""

    def __init__(self, topics: frozenset[str], last_id: str) -> None:
        self.topics = topics
        self.last_id = last_id
        self.reason = ""
        self._queue: asyncio.Queue[Entry | None] = asyncio.Queue(maxsize=DEPTH)

    def offer(self, entry: Entry) -> None:
        """Take an event that it wants; a client that does not keep up is ended."""
        if self.reason or not entry.is_for(self.topics):
            self._pass_over(entry)
        elif entry.topic == EVERYONE and entry.event == RESET:
            self.end("lost")
        elif entry.topic != EVERYONE:
            try:
                self._queue.put_nowait(entry)
            except asyncio.QueueFull:
                self.end("slow")

    def end(self, reason: str) -> None:
        """End it; what was not read yet is dropped, since the page reloads anyway."""
        if self.reason:
            return
        self.reason = reason
        while not self._queue.empty():
            self._queue.get_nowait()
        self._queue.put_nowait(None)

    async def next(self, timeout: float) -> Entry | None:
        """The next event; None when it was ended, TimeoutError after `timeout` seconds without one."""
        if self.reason:
            return None
        entry = await asyncio.wait_for(self._queue.get(), timeout) if self._queue.empty() else self._queue.get_nowait()
        if entry is not None:
            self.last_id = entry.id
        return entry

    def _pass_over(self, entry: Entry) -> None:
        """An event for others still moves the place to resume from, as long as nothing of ours waits."""
        if not self.reason and self._queue.empty():
            self.last_id = entry.id
