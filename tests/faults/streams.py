"""What may go wrong with a watch: its lines pass through here one by one."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable

from tests.faults.http_stream import Head, chunk, read_lines
from tests.faults.rules import Call, Dropped

Lines = AsyncIterator[bytes]
StreamFault = Callable[[Lines], Lines]

GONE = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 410, "reason": "Expired", "message": "too old resource version"}


async def pass_stream(head: Head, source: asyncio.StreamReader, client: asyncio.StreamWriter, faults: list[StreamFault]) -> None:
    """Passes a chunked stream on, line by line, through every fault."""
    client.write(head.raw)
    await client.drain()
    lines = read_lines(source)
    for fault in faults:
        lines = fault(lines)
    async for line in lines:
        client.write(chunk(line))
        await client.drain()
    client.write(chunk(b""))
    await client.drain()


class Cut:
    """Ends the connection after `after` whole lines, in the middle of the next one or between two; `times` counts it."""

    def __init__(self, after: int, *, mid_line: bool = True) -> None:
        self.after, self.mid_line, self.times = after, mid_line, 0

    async def __call__(self, lines: Lines) -> Lines:
        """The fault."""
        passed = 0
        async for line in lines:
            if passed == self.after:
                self.times += 1
                if self.mid_line:
                    yield line[: len(line) // 2]
                raise Dropped
            passed += 1
            yield line


class Valve:
    """Half-open connections: while it is shut, nothing comes through and nobody says so. `stream` is for watches, `call` for the rest."""

    def __init__(self) -> None:
        self.is_open = True

    async def _wait(self) -> None:
        while not self.is_open:
            await asyncio.sleep(0.02)

    async def stream(self, lines: Lines) -> Lines:
        """Holds lines back."""
        async for line in lines:
            await self._wait()
            yield line

    async def call(self, call: Call) -> None:
        """Holds a call up."""
        await self._wait()


class ErrorFrame:
    """An ERROR frame as the first event; a 410 unless told otherwise; `times` counts it."""

    def __init__(self, status: dict[str, object] = GONE) -> None:
        self.status, self.times = status, 0

    async def __call__(self, lines: Lines) -> Lines:
        """The fault."""
        self.times += 1
        yield json.dumps({"type": "ERROR", "object": self.status}).encode() + b"\n"


def replay(history: list[bytes]) -> StreamFault:
    """After each new line, everything that was in `history` comes again in the wrong order; the line joins the history."""

    async def fault(lines: Lines) -> Lines:
        async for line in lines:
            yield line
            for old in reversed(history):
                yield old
            if b'"BOOKMARK"' not in line:
                history.append(line)

    return fault
