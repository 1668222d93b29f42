"""Asks an ASGI application without a network."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any


@dataclass
class Reply:
    """One answer."""

    code: int
    text: str

    @property
    def body(self) -> Any:
        """Its JSON."""
        return json.loads(self.text)


def ask(app: Any, method: str, path: str, body: Any = None) -> Reply:
    """One request; a body that is no bytes is sent as JSON, in two pieces."""
    data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    parts = [{"type": "http.request", "body": data[:3], "more_body": True}, {"type": "http.request", "body": data[3:]}]
    sent: list[Any] = []

    async def receive() -> Any:
        return parts.pop(0) if parts else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app({"type": "http", "method": method, "path": path}, receive, send))
    return Reply(sent[0]["status"], sent[1]["body"].decode())
