"""How much each revision is asked, for its autoscaler: requests in flight over time, and how many came."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

Key = tuple[str, str]


class Meter:
    """One revision's; `area` is requests in flight times seconds."""

    def __init__(self, at: float) -> None:
        self.in_flight, self.requests, self.area = 0, 0, 0.0
        self._since = at

    def change(self, at: float, by: int) -> None:
        """So many more requests, or less, are under way from now on."""
        self.area += self.in_flight * (at - self._since)
        self._since = at
        self.in_flight += by
        self.requests += max(by, 0)


class Loads:
    """Counts since the last report. `urgent` is set when somebody waits for a pod, so that the next report comes at once."""

    def __init__(self) -> None:
        self.urgent = asyncio.Event()
        self._meters: dict[Key, Meter] = {}
        self._since = time.monotonic()

    @contextmanager
    def counted(self, key: Key) -> Iterator[None]:
        """One request for a revision (namespace and name), from its arrival to the end of its answer."""
        meter = self._meters.setdefault(key, Meter(time.monotonic()))
        meter.change(time.monotonic(), 1)
        try:
            yield
        finally:
            meter.change(time.monotonic(), -1)

    def report(self) -> dict[str, Any]:
        """What was counted since the last one, over how many seconds; revisions that nobody asked are left out."""
        at = time.monotonic()
        seconds, self._since = at - self._since, at
        told = []
        for key, meter in list(self._meters.items()):
            meter.change(at, 0)
            told.append({"namespace": key[0], "revision": key[1], "area": meter.area, "requests": meter.requests, "now": meter.in_flight})
            meter.area, meter.requests = 0.0, 0
            if not meter.in_flight:
                del self._meters[key]
        return {"seconds": seconds, "loads": told}
