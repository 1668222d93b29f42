"""Probes of one running container: startup first, then readiness and liveness side by side, as a kubelet times them."""

import asyncio
from collections.abc import AsyncIterator, Callable

from sandbox.nodes.pod_parts import Object
from sandbox.nodes.runtime import Run

Tell = Callable[[str, str], None]
ASKED_EVERY = 0.25


class Probes:
    """Calls `on_change` with (started, ready) when either changes, and `tell` with (kind, output) of each failure."""

    def __init__(
        self, container: Object, run: Run, on_change: Callable[[bool, bool], None], tell: Tell, is_asked: Callable[[], bool]
    ) -> None:
        """`is_asked` tells whether a scenario wants a say in readiness though there is no probe; set `changed` when that may be so."""
        self._container, self._run = container, run
        self._on_change, self._tell, self._is_asked = on_change, tell, is_asked
        self.changed = asyncio.Event()

    async def until_failed(self, *, started: bool, ready: bool) -> str:
        """Probe until the container must be restarted; returns the probe that asks for it. Goes on from what was known."""
        if not started:
            startup = self._container.get("startupProbe")
            if startup and not await self._succeeds("startup", startup):
                return "startup"
        self._on_change(True, ready)
        readiness = asyncio.create_task(self._follow_readiness(ready))
        try:
            await self._lives()
        finally:
            readiness.cancel()
        return "liveness"

    async def _succeeds(self, kind: str, probe: Object) -> bool:
        """Whether it succeeds before it has failed too often."""
        return bool([verdict async for verdict in self._verdicts(kind, probe, until_first=True)][-1])

    async def _lives(self) -> None:
        probe = self._container.get("livenessProbe")
        if not probe:
            await asyncio.Event().wait()
        async for verdict in self._verdicts("liveness", probe or {}):
            if not verdict:
                return

    async def _follow_readiness(self, ready: bool) -> None:
        probe = self._container.get("readinessProbe")
        if not probe:
            await self._follow_scenario()
            return
        async for verdict in self._verdicts("readiness", probe):
            if verdict != ready:
                ready = verdict
                self._on_change(True, ready)

    async def _follow_scenario(self) -> None:
        while True:
            is_asked = self._is_asked()
            self._on_change(True, not (is_asked and await self._run.probe("readiness", {})))
            if is_asked:
                await asyncio.sleep(ASKED_EVERY)
            else:
                await self.changed.wait()
            self.changed.clear()

    async def _verdicts(self, kind: str, probe: Object, *, until_first: bool = False) -> AsyncIterator[bool]:
        """Each time that enough results in a row agree: whether they are successes."""
        await asyncio.sleep(probe.get("initialDelaySeconds") or 0)
        needed = {True: probe.get("successThreshold") or 1, False: probe.get("failureThreshold") or 3}
        before, count = None, 0
        while True:
            output = await self._run.probe(kind, probe)
            if output:
                self._tell(kind, output)
            count = count + 1 if before == (not output) else 1
            before = not output
            if count >= needed[before]:
                yield before
                if until_first:
                    return
            await asyncio.sleep(probe.get("periodSeconds") or 10)
