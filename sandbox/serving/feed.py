"""Tells the ingress's process where requests go: the whole table as one line of JSON on a unix socket, again after each change.

On the same connection the ingress tells how much it is asked, a line of JSON each second.
"""

import asyncio
import json
import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from sandbox.client.calls import Object
from sandbox.serving.copies import Copies
from sandbox.serving.names import OF_SERVICE
from sandbox.serving.routes import route_of

log = logging.getLogger(__name__)
# Changes that come together are told together.
PAUSE = 0.02
LONGEST_LINE = 16 * 1024 * 1024


class Feed:
    """Serves one line after the other to whoever connects; the folder lets nobody but its owner in. `hear` gets each report."""

    def __init__(self, copies: Copies, socket: Path, hear: Callable[[Object], None]) -> None:
        self._copies, self._socket, self._hear = copies, socket, hear
        self._changed = asyncio.Event()
        self._line, self._readers = b"", set[asyncio.StreamWriter]()

    async def run(self) -> None:
        """Run until cancelled."""
        await self._copies.synced()
        for informer in (self._copies.services, self._copies.pods):
            informer.listen(self._observe)
        self._socket.unlink(missing_ok=True)
        server = await asyncio.start_unix_server(self._greet, self._socket, limit=LONGEST_LINE)
        async with server:
            self._changed.set()
            while True:
                await self._changed.wait()
                await asyncio.sleep(PAUSE)
                self._changed.clear()
                await self._tell()

    def _observe(self, event: str, item: Object) -> None:
        if item.get("kind") != "Pod" or OF_SERVICE in (item["metadata"].get("labels") or {}):
            self._changed.set()

    async def _tell(self) -> None:
        routes = [route_of(each, self._copies) for each in self._copies.services.objects.values()]
        line = json.dumps(sorted(routes, key=lambda route: (route["namespace"], route["name"]))).encode() + b"\n"
        if line != self._line:
            self._line = line
            for reader in list(self._readers):
                await self._send(reader)

    async def _greet(self, lines: asyncio.StreamReader, reader: asyncio.StreamWriter) -> None:
        self._readers.add(reader)
        await self._send(reader)
        with suppress(OSError, ValueError):
            async for line in lines:
                self._hear(json.loads(line))
        self._readers.discard(reader)
        reader.close()

    async def _send(self, reader: asyncio.StreamWriter) -> None:
        try:
            reader.write(self._line)
            await asyncio.wait_for(reader.drain(), 5)
        except (OSError, TimeoutError) as error:
            log.info("the ingress was not told of new routes: %s", error)
            self._readers.discard(reader)
            reader.close()
