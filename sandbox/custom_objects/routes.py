"""Knows which groups and versions the real API server sends here, and sees to it that it does."""

import asyncio
import secrets
import time
from collections import defaultdict

from sandbox.client.calls import ApiError, Client
from sandbox.custom_objects.registration import Registration

INTERVAL = 0.05
# The longest that a request waits for the aggregator to know its version. It merges the OpenAPI of all before it does, which is
# half a second of work, and much more on a busy machine. An audit webhook has 30 seconds.
ROUTE_SECONDS = 25.0
# A version that nobody defines any more stays registered so long after the last request for it.
FORGET_SECONDS = 30.0
Version = tuple[str, str]


class Routes:
    """Makes them, one at a time for each version."""

    def __init__(self, real: Client, registration: Registration) -> None:
        self._real, self._registration = real, registration
        # Of the second some may still name a front before this one.
        self._leading_here: set[Version] = set()
        self._registered: set[Version] = set()
        self._asked_for: dict[Version, float] = {}
        self._probes: set[str] = set()
        self._locks: defaultdict[Version, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def remember(self) -> None:
        """Learn what an earlier run has registered; raises ApiError and what the client raises."""
        self._registered |= await self._registration.taken()

    def doubt(self) -> None:
        """The API server has started anew: nothing is known to lead here until it was seen to."""
        self._leading_here.clear()

    async def register(self, version: Version) -> None:
        """Ask for a route without waiting until it leads here; raises ApiError and what the client raises."""
        async with self._locks[version]:
            await self._register(version)

    async def lead_here(self, version: Version) -> None:
        """Return when requests for this group and version reach us; raises TimeoutError, ApiError and what the client raises."""
        self._asked_for[version] = time.monotonic()
        if version in self._leading_here:
            return
        async with asyncio.timeout(ROUTE_SECONDS), self._locks[version]:
            if version not in self._leading_here:
                await self._register(version)
                await self._probe(version)
                self._leading_here.add(version)

    async def forget(self, wanted: set[Version]) -> bool:
        """Give back what is not `wanted` unless it was asked for a moment ago; tells whether some of it has to be seen to later."""
        spare = self._registered - wanted
        for version in spare:
            async with self._locks[version]:
                if self._asked_for.get(version, 0.0) < time.monotonic() - FORGET_SECONDS:
                    self._leading_here.discard(version)
                    self._registered.discard(version)
                    await self._registration.give_back(*version)
        return bool(spare & self._registered)

    def note(self, probe: str) -> None:
        """A request with this probe has come through the real API server."""
        self._probes.discard(probe)

    async def _register(self, version: Version) -> None:
        self._asked_for[version] = time.monotonic()
        if version not in self._leading_here:
            await self._registration.take(*version)
            self._registered.add(version)

    async def _probe(self, version: Version) -> None:
        probe = secrets.token_hex(8)
        self._probes.add(probe)
        try:
            while probe in self._probes:
                await self._ask(f"/apis/{version[0]}/{version[1]}?probe={probe}")
        finally:
            self._probes.discard(probe)

    async def _ask(self, path: str) -> None:
        try:
            await self._real.call("GET", path)
        except ApiError:
            # Nobody serves it yet, or the server has not looked whether we do.
            await asyncio.sleep(INTERVAL)
