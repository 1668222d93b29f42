"""A small asynchronous client of the Kubernetes API: JSON in and out, watches that resume."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Any

import aiohttp
import orjson

from sandbox.kubeconfig import Access, certificate_files

Object = dict[str, Any]
STRATEGIC = "application/strategic-merge-patch+json"
APPLY = "application/apply-patch+yaml"
AGENT = "sandbox-simulator/1"
LONGEST_LINE = 8 * 1024 * 1024


class ApiError(Exception):
    """An answer that is no success."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message = code, message


class Client:
    """One connection pool to one API server."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._session: aiohttp.ClientSession | None = None

    @property
    def ca_pem(self) -> str:
        """The CA that the kubeconfig trusts, empty if it names none."""
        return (self._access.ca_pem or b"").decode()

    async def __aenter__(self) -> "Client":
        headers = {"User-Agent": AGENT, **({"Authorization": f"Bearer {self._access.token}"} if self._access.token else {})}
        connector = aiohttp.TCPConnector(ssl=_context(self._access) if self._access.server.startswith("https") else False, limit=64)
        timeout = aiohttp.ClientTimeout(total=None, connect=5)
        self._session = aiohttp.ClientSession(headers=headers, connector=connector, timeout=timeout, read_bufsize=LONGEST_LINE)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._session is not None:
            await self._session.close()

    async def call(
        self, method: str, path: str, body: Object | None = None, *, content_type: str = "application/json", seconds: float = 10
    ) -> Object:
        """One request; raises ApiError, or aiohttp's errors and TimeoutError when the server cannot be reached."""
        data = None if body is None else json.dumps(body)
        async with asyncio.timeout(seconds), self._open(method, path, data, content_type) as response:
            text = await response.read()
            answer: Object = orjson.loads(text) if text.startswith(b"{") else {}
            if response.status >= 300:
                raise ApiError(response.status, answer.get("message", text[:200].decode(errors="replace")))
            return answer

    async def watch(self, path: str, version: str, *, seconds: int = 240) -> AsyncIterator[Object]:
        """Yield events from `version` on until the server ends the watch."""
        query = f"watch=true&allowWatchBookmarks=true&timeoutSeconds={seconds}&resourceVersion={version}"
        async with self._open("GET", f"{path}?{query}", None, "") as response:
            if response.status >= 300:
                raise ApiError(response.status, await response.text())
            async for line in response.content:
                yield orjson.loads(line)

    def _open(self, method: str, path: str, data: str | None, content_type: str) -> aiohttp.client._RequestContextManager:
        if self._session is None:
            raise RuntimeError("use the client in an `async with`")
        headers = {"Content-Type": content_type} if content_type else {}
        return self._session.request(method, self._access.server + path, data=data, headers=headers)


def _context(access: Access) -> ssl.SSLContext:
    context = ssl.create_default_context(cadata=access.ca_pem.decode()) if access.ca_pem else ssl.create_default_context()
    if not access.verify:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    files = certificate_files(access)
    if files:
        context.load_cert_chain(*files)
    return context
