"""The ASGI application: reads a request, has it dispatched, sends the answer or streams a watch."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

from sandbox.api.cluster import Cluster
from sandbox.api.dispatch import dispatch, error_for
from sandbox.api.outgoing import Outgoing
from sandbox.api.relaying import relay
from sandbox.api.request import Request, Response, failure
from sandbox.api.watches import watch
from sandbox.kinds.errors import StatusError

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
log = logging.getLogger("sandbox.api")
LARGEST_BODY = 3 * 1024 * 1024


class App:
    """One API server."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.stopping = asyncio.Event()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return
        request = await _read(scope, receive)
        outcome = self._answer(request)
        if isinstance(outcome, Response):
            await _send(send, outcome, request)
        elif isinstance(outcome, Outgoing):
            await self._relay(outcome, receive, send, request)
        else:
            await self._stream(outcome, receive, send)

    def _answer(self, request: Request) -> Response | Outgoing | AsyncIterator[bytes]:
        try:
            if len(request.body) > LARGEST_BODY:
                raise StatusError(413, "RequestEntityTooLarge", f"Request entity too large: limit is {LARGEST_BODY}", {})
            outcome = dispatch(self.cluster, request)
            return watch(self.cluster, request, *outcome) if isinstance(outcome, tuple) else outcome
        except StatusError as error:
            return failure(error)
        except Exception as error:
            log.exception("%s %s", request.method, request.path)
            return failure(error_for(error))

    async def _stream(self, events: AsyncIterator[bytes], receive: Receive, send: Send) -> None:
        await _start(send, 200, {"content-type": "application/json"})
        # The client knows by the head alone that its watch stands.
        await send({"type": "http.response.body", "body": b"", "more_body": True})
        ended = asyncio.create_task(self._ended(receive))
        pump = asyncio.create_task(_pump(events, send))
        await asyncio.wait({ended, pump}, return_when=asyncio.FIRST_COMPLETED)
        ended.cancel()
        pump.cancel()
        await asyncio.gather(ended, pump, return_exceptions=True)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _relay(self, outgoing: Outgoing, receive: Receive, send: Send, request: Request) -> None:
        """Pass on until the other side, the client or this server ends."""
        started = asyncio.Event()

        async def start(code: int, headers: dict[str, str]) -> None:
            started.set()
            await _start(send, code, headers)

        async def piece(data: bytes) -> None:
            await send({"type": "http.response.body", "body": data, "more_body": True})

        ended = asyncio.create_task(self._ended(receive))
        passed = asyncio.create_task(relay(self.cluster.outside, outgoing, start, piece))
        await asyncio.wait({ended, passed}, return_when=asyncio.FIRST_COMPLETED)
        ended.cancel()
        passed.cancel()
        _, instead = await asyncio.gather(ended, passed, return_exceptions=True)
        if isinstance(instead, Response):
            await _send(send, instead, request)
        elif started.is_set():
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _ended(self, receive: Receive) -> None:
        """Return when the client has gone or the server stops."""
        stopping = asyncio.create_task(self.stopping.wait())
        gone = asyncio.create_task(_disconnected(receive))
        try:
            await asyncio.wait({stopping, gone}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            gone.cancel()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _pump(events: AsyncIterator[bytes], send: Send) -> None:
    async for chunk in events:
        if chunk:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})


async def _read(scope: Message, receive: Receive) -> Request:
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        key = name.decode("latin-1")
        headers[key] = f"{headers[key]}\n{value.decode('latin-1')}" if key in headers else value.decode("latin-1")
    chunks = []
    while True:
        message = await receive()
        chunks.append(message.get("body", b""))
        if not message.get("more_body"):
            break
    query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    return Request(scope["method"], scope["path"], query, headers, b"".join(chunks))


async def _send(send: Send, response: Response, request: Request) -> None:
    headers = {"content-type": response.content_type, "content-length": str(len(response.body)), **response.headers}
    warnings = [("warning", '299 - "' + text.replace("\\", "\\\\").replace('"', '\\"') + '"') for text in request.warnings]
    await _start(send, response.code, headers, warnings)
    await send({"type": "http.response.body", "body": b"" if request.method == "HEAD" else response.body})


async def _start(send: Send, code: int, headers: dict[str, str], more: list[tuple[str, str]] | None = None) -> None:
    pairs = [*headers.items(), *(more or [])]
    encoded = [(name.lower().encode(), value.encode("latin-1", "replace")) for name, value in pairs]
    await send({"type": "http.response.start", "status": code, "headers": encoded})
