"""The work queue of a controller: a key waits once however often it is added, and is never worked on twice at a time."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from sandbox.client.calls import ApiError
from sandbox.client.informer import UNREACHABLE

log = logging.getLogger(__name__)
Key = tuple[str, str]
Reconcile = Callable[[Key], Awaitable[None]]
FIRST_RETRY, LAST_RETRY = 0.05, 30.0


class WorkQueue:
    """Calls `reconcile` with (namespace, name) of what is due; a refusal or an outage is tried again, later each time."""

    def __init__(self, name: str, reconcile: Reconcile, *, workers: int = 4) -> None:
        self._name, self._reconcile, self._workers = name, reconcile, workers
        self._ready: asyncio.Queue[Key] = asyncio.Queue()
        self._waiting: set[Key] = set()
        self._busy: set[Key] = set()
        self._failures: dict[Key, int] = {}
        self._timers: dict[Key, asyncio.TimerHandle] = {}

    def add(self, key: Key, *, after: float = 0.0) -> None:
        """Make a key due, now or after so many seconds; an earlier due time stands."""
        if after <= 0:
            self._cancel_timer(key)
            if key not in self._waiting:
                self._waiting.add(key)
                if key not in self._busy:
                    self._ready.put_nowait(key)
            return
        loop = asyncio.get_running_loop()
        if key in self._timers and self._timers[key].when() <= loop.time() + after:
            return
        self._cancel_timer(key)
        self._timers[key] = loop.call_later(after, self.add, key)

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as group:
            for _ in range(self._workers):
                group.create_task(self._work())

    async def _work(self) -> None:
        while True:
            key = await self._ready.get()
            self._waiting.discard(key)
            self._busy.add(key)
            try:
                await self._reconcile(key)
                self._failures.pop(key, None)
            except (ApiError, *UNREACHABLE) as error:
                self._retry(key, error)
            except Exception as error:
                log.exception("%s %s", self._name, "/".join(key))
                self._retry(key, error)
            finally:
                self._busy.discard(key)
                if key in self._waiting:
                    self._ready.put_nowait(key)

    def _retry(self, key: Key, error: Exception) -> None:
        failures = self._failures[key] = self._failures.get(key, 0) + 1
        # A conflict says that something newer is on its way here: no reason to wait long.
        log.debug("%s %s: %s; trying again", self._name, "/".join(key), error)
        self.add(key, after=min(FIRST_RETRY * 2 ** min(failures - 1, 12), LAST_RETRY))

    def _cancel_timer(self, key: Key) -> None:
        timer = self._timers.pop(key, None)
        if timer is not None:
            timer.cancel()
