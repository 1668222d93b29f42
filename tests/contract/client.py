"""A plain HTTP client of its own for the contract suite: what it sees is what the server sent."""

import json
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import urllib3

JSON, MERGE, JSON_PATCH = "application/json", "application/merge-patch+json", "application/json-patch+json"
STRATEGIC, APPLY = "application/strategic-merge-patch+json", "application/apply-patch+yaml"
AGENT = "contract/1"
PATIENCE = 30.0
# One answer: a server that shares two cores with all the others has stood still for over twenty seconds.
LONGEST = 60.0


@dataclass
class Answer:
    """One answer: its code, its JSON (or text), its headers."""

    code: int
    body: Any
    headers: Any = field(repr=False)

    @property
    def message(self) -> str:
        """The Status' message."""
        return str(self.body["message"])

    @property
    def fields(self) -> list[str]:
        """The fields that the Status' causes name."""
        return [cause["field"] for cause in self.body["details"]["causes"]]


class Api:
    """Calls with one token."""

    def __init__(self, server: str, ca_pem: bytes, token: str | None) -> None:
        self.server, self._ca, self.token = server, ca_pem, token
        context = ssl.create_default_context(cadata=ca_pem.decode())
        self._pool = urllib3.PoolManager(ssl_context=context, retries=False, maxsize=16)

    def as_token(self, token: str | None) -> "Api":
        """The same server with another token."""
        return Api(self.server, self._ca, token)

    def call(
        self, method: str, path: str, body: Any = None, *, content_type: str = JSON, agent: str = AGENT, accept: str = "", **query: Any
    ) -> Answer:
        """One request."""
        response = self._send(method, path, body, _headers(content_type, agent, accept), query, LONGEST)
        text = response.data.decode()
        return Answer(response.status, json.loads(text) if text.startswith("{") else text, response.headers)

    def get(self, path: str, **query: Any) -> Answer:
        """GET."""
        return self.call("GET", path, **query)

    def post(self, path: str, body: Any, **query: Any) -> Answer:
        """POST."""
        return self.call("POST", path, body, **query)

    def delete(self, path: str, body: Any = None, **query: Any) -> Answer:
        """DELETE."""
        return self.call("DELETE", path, body, **query)

    def patch(self, path: str, body: Any, content_type: str = MERGE, **query: Any) -> Answer:
        """PATCH."""
        return self.call("PATCH", path, body, content_type=content_type, **query)

    def apply(self, path: str, body: Any, manager: str = "one", **query: Any) -> Answer:
        """Server-side apply."""
        return self.patch(path, body, APPLY, fieldManager=manager, **query)

    def watch(self, path: str, seconds: int = 5, accept: str = "", **query: Any) -> Iterator[dict[str, Any]]:
        """Events until the server ends the watch after `seconds`."""
        query |= {"watch": "true", "timeoutSeconds": seconds}
        response = self._send("GET", path, None, _headers(JSON, AGENT, accept), query, seconds + 10.0, preload=False)
        buffer = b""
        for chunk in response.stream(65536, decode_content=True):
            buffer += chunk
            *lines, buffer = buffer.split(b"\n")
            yield from (json.loads(line) for line in lines if line)

    def until(self, path: str, holds: Callable[[Answer], Any], seconds: float = PATIENCE) -> Answer:
        """GET until `holds`; fails after `seconds`."""
        end = time.monotonic() + seconds
        while True:
            answer = self.get(path)
            if holds(answer):
                return answer
            assert time.monotonic() < end, f"{path} did not become as expected: {answer}"
            time.sleep(0.05)

    def _send(
        self,
        method: str,
        path: str,
        body: Any,
        headers: dict[str, str],
        query: dict[str, Any],
        seconds: float,
        *,
        preload: bool = True,
    ) -> Any:
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        data = body if isinstance(body, str | bytes) or body is None else json.dumps(body)
        url = f"{self.server}{path}?{urlencode(query)}" if query else self.server + path
        return self._pool.request(method, url, body=data, headers=headers, timeout=seconds, preload_content=preload)


def _headers(content_type: str, agent: str, accept: str) -> dict[str, str]:
    return {"Content-Type": content_type, "User-Agent": agent, **({"Accept": accept} if accept else {})}
