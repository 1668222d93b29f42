"""Requests that this server sends on: to kubelets, to pods and services, to the servers of aggregated APIs."""

import os
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
from yarl import URL

from sandbox.certs import Certificates

CONNECT_SECONDS = 5.0
# Of a connection rather than of a message, or no business of whoever gets the request.
NOT_PASSED_ON = frozenset(
    {"authorization", "connection", "content-length", "host", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer"}
    | {"transfer-encoding", "upgrade", "impersonate-user", "impersonate-group", "impersonate-uid"}
)
REMOTE = ("x-remote-", "impersonate-extra-")


@dataclass(frozen=True)
class Trust:
    """How to open a TLS connection: as whom, and what the other side must show. Kubelets and pods need not show anything."""

    certificate: str = ""
    key: str = ""
    ca: str = ""
    skip_verify: bool = True
    server_name: str = ""


@dataclass(frozen=True)
class Outgoing:
    """One request to send on. With `is_log` a refusal comes back as a Status, as a real server has it for logs."""

    method: str
    url: str
    headers: Sequence[tuple[str, str]] = ()
    body: bytes = b""
    trust: Trust = Trust()
    is_log: bool = False


class Connections:
    """Connection pools to the outside, made when first needed."""

    def __init__(self, certificates: Certificates) -> None:
        self.kubelet = Trust(str(certificates.kubelet_client), str(certificates.kubelet_client_key))
        self.front_proxy = Trust(str(certificates.front_proxy_client), str(certificates.front_proxy_client_key))
        self._session: aiohttp.ClientSession | None = None
        self._contexts: dict[Trust, ssl.SSLContext] = {}

    @asynccontextmanager
    async def open(self, outgoing: Outgoing, *, seconds: float | None = None) -> AsyncIterator[aiohttp.ClientResponse]:
        """Send it and give the answer, its body still to be read; raises aiohttp.ClientError, OSError, TimeoutError."""
        timeout = aiohttp.ClientTimeout(total=seconds, sock_connect=CONNECT_SECONDS)
        async with self._pool().request(
            outgoing.method,
            URL(outgoing.url, encoded=True),
            data=outgoing.body or None,
            headers=outgoing.headers,
            ssl=self._context(outgoing.trust) if outgoing.url.startswith("https:") else True,
            server_hostname=outgoing.trust.server_name or None,
            timeout=timeout,
            allow_redirects=False,
        ) as answer:
            yield answer

    async def close(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()

    def _pool(self) -> aiohttp.ClientSession:
        if self._session is None:
            # Connections are not kept: who is asked may be another one a moment later, at the same address.
            connector = aiohttp.TCPConnector(limit=0, force_close=True)
            self._session = aiohttp.ClientSession(
                connector=connector, auto_decompress=False, skip_auto_headers=("User-Agent", "Content-Type")
            )
        return self._session

    def _context(self, trust: Trust) -> ssl.SSLContext:
        if trust not in self._contexts:
            self._contexts[trust] = _context(trust)
        return self._contexts[trust]


def passed_on(headers: Mapping[str, str]) -> list[tuple[str, str]]:
    """The headers of a request that travel on: nothing that says who sent it. A value of several lines is several headers."""
    kept = {name: value for name, value in headers.items() if name not in NOT_PASSED_ON and not name.startswith(REMOTE)}
    return [(name, line) for name, value in kept.items() for line in value.split("\n")]


def passed_back(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers of an answer that travel back."""
    return {name.lower(): value for name, value in headers.items() if name.lower() not in NOT_PASSED_ON}


def why(error: BaseException) -> str:
    """Why a connection failed, in the words of a real server where it has some."""
    if isinstance(error, TimeoutError):
        return "i/o timeout"
    if isinstance(error, aiohttp.ClientConnectorError) and error.os_error.errno:
        return f"dial tcp {error.host}:{error.port}: connect: {os.strerror(error.os_error.errno).lower()}"
    return str(error) or type(error).__name__


def _context(trust: Trust) -> ssl.SSLContext:
    context = ssl.create_default_context(cadata=trust.ca) if trust.ca else ssl.create_default_context()
    if trust.skip_verify:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if trust.certificate:
        context.load_cert_chain(trust.certificate, trust.key)
    return context
