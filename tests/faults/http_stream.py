"""Just enough HTTP/1.1 to pass messages on: heads, bodies of known length, chunks."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

LIMIT = 2**24


@dataclass
class Head:
    """The first line and the headers of a message, in lower case; `raw` is as it came."""

    first: list[str]
    headers: dict[str, str]
    raw: bytes = field(repr=False)

    @property
    def is_chunked(self) -> bool:
        return "chunked" in self.headers.get("transfer-encoding", "")

    @property
    def length(self) -> int:
        return int(self.headers.get("content-length", "0"))

    @property
    def status(self) -> int:
        """Of a response."""
        return int(self.first[1])

    @property
    def target(self) -> tuple[str, dict[str, str]]:
        """Path and query of a request."""
        parts = urlsplit(self.first[1])
        return parts.path, dict(parse_qsl(parts.query))


async def read_head(reader: asyncio.StreamReader) -> Head | None:
    """The next head, or None at the end of the connection."""
    try:
        raw = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    first, *lines = raw.decode("latin-1").split("\r\n")
    pairs = (line.split(":", 1) for line in lines if ":" in line)
    return Head(first.split(" ", 2), {name.strip().lower(): value.strip() for name, value in pairs}, raw)


async def read_body(head: Head, reader: asyncio.StreamReader) -> bytes:
    """The body as it came, chunk frames included."""
    if not head.is_chunked:
        return await reader.readexactly(head.length) if head.length else b""
    raw = b""
    while True:
        size = await reader.readuntil(b"\r\n")
        data = await reader.readexactly(int(size, 16) + 2)
        raw += size + data
        if int(size, 16) == 0:
            return raw


async def read_lines(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """The lines of a chunked stream, each with its end, as they come."""
    rest = b""
    while True:
        size = int(await reader.readuntil(b"\r\n"), 16)
        data = (await reader.readexactly(size + 2))[:-2]
        if not size:
            return
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            yield line + b"\n"


def chunk(data: bytes) -> bytes:
    """One chunk; the empty one ends a stream."""
    return b"%x\r\n%s\r\n" % (len(data), data)


def json_response(status: int, body: object, headers: dict[str, str] | None = None) -> bytes:
    """A whole response."""
    data = json.dumps(body).encode()
    return response(status, data, {"Content-Type": "application/json", **(headers or {})})


def response(status: int, data: bytes, headers: dict[str, str]) -> bytes:
    """A whole response of any type."""
    lines = [f"HTTP/1.1 {status} Fault", *(f"{name}: {value}" for name, value in headers.items()), f"Content-Length: {len(data)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + data
