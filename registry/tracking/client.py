"""One conversation with the registry: every call has an end, every answer a size, and nothing leads to another host.

A registry that sends a byte each second would hold a worker for ever behind a timeout per read; the timeout here is for the whole call.
"""

import asyncio
import os
import ssl
from collections.abc import Callable, Coroutine, Iterator, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import quote

import aiohttp
import orjson
from yarl import URL

from registry.tracking.errors import RegistryRefused, RegistrySilent

ANSWER_BYTES = 16_000_000
READ_SECONDS = 15.0
API = "/api/2.0/mlflow/"
WORDS = 400
Told = TypeVar("Told")


class Client:
    """Speaks to the registry at `address`; use it as a context manager, in one thread at a time.

    `timeout` gives the seconds that the next call may take; it may raise to say that there is no time for one.
    """

    def __init__(self, address: str, timeout: Callable[[], float]) -> None:
        self.address, self._sign_in = _split(address)
        self._timeout = timeout
        self._runner = asyncio.Runner()
        self._session: aiohttp.ClientSession | None = None

    def __enter__(self) -> Self:
        self._runner.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._session is not None:
            self._runner.run(self._session.close())
        self._runner.__exit__(kind, error, trace)

    def get(self, path: str, /, **query: str) -> dict[str, Any]:
        """The JSON object behind a path of MLflow's API, such as "runs/get". Raises RegistrySilent, RegistryRefused."""
        return self.get_at(API + path, **query)

    def get_at(self, path: str, /, **query: str) -> dict[str, Any]:
        """The same for an absolute path of the server."""
        return _json_object(self._bytes("GET", path, query=query))

    def send(self, method: str, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Sends JSON to a path of MLflow's API; the JSON object that it answers. Raises RegistrySilent, RegistryRefused."""
        return _json_object(self._bytes(method, API + path, body=body))

    def read(self, path: str, most: int, /, **query: str) -> bytes:
        """The body behind an absolute path of the server. More than `most` bytes are a RegistryRefused with status 413."""
        return self._bytes("GET", path, query=query, most=most)

    def stream(self, path: str, most: int, seconds: float, /, **query: str) -> "Body":
        """Begins to read a body of at most `most` bytes, for at most `seconds`. Raises RegistrySilent and RegistryRefused at once."""
        patience = aiohttp.ClientTimeout(total=seconds, sock_connect=self._timeout(), sock_read=READ_SECONDS)
        response = self._run(self._open("GET", path, query, None, patience))
        if (response.content_length or 0) > most:
            response.close()
            raise _too_large(most)
        return Body(response, self._run, most)

    def _bytes(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        most: int = ANSWER_BYTES,
    ) -> bytes:
        return self._run(self._whole(method, path, query or {}, body, most, self._timeout()))

    def _run(self, work: Coroutine[Any, Any, Told]) -> Told:
        try:
            return self._runner.run(work)
        except TimeoutError as error:
            raise RegistrySilent("it took too long to answer") from error
        except (aiohttp.ClientError, OSError) as error:
            raise RegistrySilent(_reason(error)) from error

    async def _whole(
        self, method: str, path: str, query: Mapping[str, str], body: Mapping[str, Any] | None, most: int, seconds: float
    ) -> bytes:
        async with asyncio.timeout(seconds):
            response = await self._open(method, path, query, body, aiohttp.ClientTimeout(total=seconds))
            async with response:
                return await _bounded(response, most)

    async def _open(
        self, method: str, path: str, query: Mapping[str, str], body: Mapping[str, Any] | None, patience: aiohttp.ClientTimeout
    ) -> aiohttp.ClientResponse:
        if self._session is None:
            self._session = _session(self._sign_in)
        options: dict[str, Any] = {"params": query, "allow_redirects": False, "timeout": patience}
        if body is not None:
            options.update(data=orjson.dumps(body), headers={"Content-Type": "application/json"})
        response = await self._session.request(method, URL(self.address + quote(path), encoded=True), **options)
        if response.status == 200:
            return response
        async with response:
            raise _refusal(response.status, await _bounded(response, ANSWER_BYTES))


class Body:
    """A body that is being read, in pieces as they come. `size` is what the server announced, or None."""

    def __init__(self, response: aiohttp.ClientResponse, run: Callable[[Any], Any], most: int) -> None:
        self.size = response.content_length
        self._response, self._run, self._most = response, run, most

    def __iter__(self) -> Iterator[bytes]:
        total = 0
        while piece := self._run(self._response.content.readany()):
            total += len(piece)
            if total > self._most:
                raise _too_large(self._most)
            yield piece


def _split(address: str) -> tuple[str, aiohttp.BasicAuth | None]:
    """The address without what signs in with it, and that."""
    url = URL(address)
    sign_in = aiohttp.BasicAuth(url.user, url.password or "") if url.user else None
    return str(url.with_user(None)).rstrip("/"), sign_in


def _session(auth: aiohttp.BasicAuth | None) -> aiohttp.ClientSession:
    """With the sign-in of MLflow's own variables; without the environment's proxies and without cookies."""
    user, token = os.environ.get("MLFLOW_TRACKING_USERNAME", ""), os.environ.get("MLFLOW_TRACKING_TOKEN", "")
    if user:
        auth = aiohttp.BasicAuth(user, os.environ.get("MLFLOW_TRACKING_PASSWORD", ""))
    # Unpacked here, a small answer could become a very large one.
    headers = {"Accept-Encoding": "identity", **({"Authorization": f"Bearer {token}"} if token and not auth else {})}
    authority = os.environ.get("MLFLOW_TRACKING_SERVER_CERT_PATH") or None
    connector = aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=authority), limit=4)
    return aiohttp.ClientSession(
        auth=auth, headers=headers, connector=connector, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False, trust_env=False
    )


async def _bounded(response: aiohttp.ClientResponse, most: int) -> bytes:
    parts, total = [], 0
    async for piece in response.content.iter_any():
        total += len(piece)
        if total > most:
            raise _too_large(most)
        parts.append(piece)
    return b"".join(parts)


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(body or b"{}")
    except ValueError as error:
        raise RegistrySilent("what answers there does not speak MLflow's API") from error
    if not isinstance(found, dict):
        raise RegistrySilent("what answers there does not speak MLflow's API")
    return found


def _refusal(status: int, body: bytes) -> Exception:
    """MLflow's own words; a redirect and what a gateway says while the server is away are silence."""
    if status in (429, 502, 503, 504):
        return RegistrySilent(f"it answers HTTP {status}")
    if status < 400:
        return RegistrySilent(f"it answers HTTP {status}, which is no answer of MLflow's API")
    try:
        told = orjson.loads(body)
        code, message = str(told["error_code"])[:60], str(told["message"])
    except (ValueError, KeyError, TypeError):
        code, message = "", body.decode(errors="replace")
    return RegistryRefused(status, code, " ".join(message.replace("\x00", "").split())[:WORDS] or f"HTTP {status}")


def _too_large(most: int) -> RegistryRefused:
    return RegistryRefused(413, "TOO_LARGE", f"the answer is larger than {most // 1000} kB")


def _reason(error: Exception) -> str:
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"no connection ({error.os_error.strerror or 'unreachable'})"
    if isinstance(error, aiohttp.ClientResponseError):
        # Its own text names the address, which may hold what is not for everybody.
        return f"what answers there does not speak HTTP as it should ({type(error).__name__})"
    return f"{type(error).__name__}: {error}"[:WORDS]
