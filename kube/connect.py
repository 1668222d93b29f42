"""One connection pool to one API server: raw JSON through the official client's pool, always with timeouts, never with hidden retries."""

import os
import socket
import ssl
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple, TypedDict, Unpack
from urllib.parse import urlencode

import orjson
import urllib3
from kubernetes.client import ApiClient, Configuration
from urllib3.exceptions import ConnectTimeoutError, HTTPError, InsecureRequestWarning, NewConnectionError, ProtocolError, ReadTimeoutError

from kube.answers import date_of, decoded, raise_for
from kube.deadline import Deadline
from kube.errors import DeadlinePassed, Unreachable, safe_text
from kube.kubeconfig import configuration, parsed

POOL_SIZE = 32
# A silence that was cut by the caller's deadline before this part of a call's own time says nothing about the cluster.
FAIR_SHARE = 0.5
CUT = "The time for this run was over before the cluster's API server had answered."
_IDEMPOTENT = ("GET", "HEAD")


class Answer(NamedTuple):
    """A successful answer: `body` is the decoded JSON, `date` the server's clock in seconds since the epoch or None."""

    status: int
    body: dict[str, Any]
    date: float | None


class Options(TypedDict, total=False):
    """What a call may have beside its method and path."""

    query: dict[str, Any] | str | None
    body: Any
    content_type: str
    accept: str
    deadline: Deadline | None


class Api:
    """Calls to one API server; safe for many threads, bound to the process that made it."""

    def __init__(self, settings: Configuration, tls: ssl.SSLContext | None, timeout: float) -> None:
        self.timeout = timeout
        self.host = settings.host
        self._settings, self._tls = settings, tls
        self.manager = self._manager()
        self.pool = self.manager.connection_from_url(self.host)
        self.headers = _credentials(settings)
        self._prefix = urllib3.util.parse_url(self.host).path or ""
        self._pid = os.getpid()

    def request(self, method: str, path: str, **options: Unpack[Options]) -> dict[str, Any]:
        """The decoded answer of a `call`."""
        return self.call(method, path, **options).body

    def call(self, method: str, path: str, **options: Unpack[Options]) -> Answer:
        """One call. Raises ApiError for a refusal, Unreachable without an answer, DeadlinePassed when the time is over."""
        body, deadline = options.get("body"), options.get("deadline")
        timeout = deadline.timeout(self.timeout) if deadline else self.timeout
        headers = self.headers if body is None else {**self.headers, "Content-Type": options.get("content_type", "application/json")}
        if accept := options.get("accept"):
            headers = {**headers, "Accept": accept}
        data = None if body is None else orjson.dumps(body)
        response = self._exchange(method, self.url(path, options.get("query")), data, headers, timeout)
        if response.status >= 300:
            raise_for(response.status, response.data, response.headers)
        return Answer(response.status, decoded(response.data), date_of(response.headers.get("Date")))

    def url(self, path: str, query: dict[str, Any] | str | None) -> str:
        """The request target of a path below the server's URL."""
        if not query:
            return self._prefix + path
        return f"{self._prefix}{path}?{query if isinstance(query, str) else urlencode(query)}"

    def _exchange(self, method: str, url: str, data: bytes | None, headers: dict[str, str], timeout: float) -> urllib3.BaseHTTPResponse:
        self.check_process()
        limits = urllib3.Timeout(total=timeout)
        for last in (method not in _IDEMPOTENT, True):
            try:
                return self.pool.urlopen(method, url, data, headers, retries=False, redirect=False, timeout=limits)
            except ProtocolError as error:
                # The server may close an idle connection at the moment of its reuse: a read is simply asked again.
                if last:
                    raise unreachable(error) from error
            except (HTTPError, OSError) as error:
                if _is_silence(error) and timeout < self.timeout * FAIR_SHARE:
                    raise DeadlinePassed(CUT) from error
                raise unreachable(error) from error
        raise AssertionError("the loop always returns or raises")

    def own_pool(self, connected: Callable[[socket.socket], None]) -> urllib3.HTTPConnectionPool:
        """A pool with one connection for one long answer; `connected` is told its socket."""
        self.check_process()
        pool = self._manager().connection_from_url(self.host)
        pool.ConnectionCls = _telling(pool.ConnectionCls, connected)
        return pool

    def _manager(self) -> urllib3.PoolManager:
        manager: urllib3.PoolManager = ApiClient(self._settings).rest_client.pool_manager
        if self._tls is not None:
            # One context for all connections: to read the authorities again for each one costs more than a call.
            manager.connection_pool_kw["ssl_context"] = self._tls
        return manager

    def check_process(self) -> None:
        """Refuses to share sockets with a parent process."""
        if os.getpid() != self._pid:
            raise RuntimeError("This connection belongs to another process; call connect() after the fork.")

    def close(self) -> None:
        """Closes every idle connection."""
        self.manager.clear()


def connect(kubeconfig: dict[str, Any] | str, *, timeout: float = 5.0) -> Api:
    """An Api for a kubeconfig (a mapping or YAML text); `timeout` in seconds caps each call. Raises KubeconfigError; calls nothing."""
    settings, tls = configuration(parsed(kubeconfig))
    settings.connection_pool_maxsize = POOL_SIZE
    settings.retries = False
    settings.keep_alive = True
    if not settings.verify_ssl:
        warnings.simplefilter("ignore", InsecureRequestWarning)
    return Api(settings, tls, timeout)


def _is_silence(error: Exception) -> bool:
    # urllib3 counts a refused connection among the timeouts of connecting.
    return isinstance(error, ConnectTimeoutError | ReadTimeoutError) and not isinstance(error, NewConnectionError)


def _telling(base: Any, connected: Callable[[socket.socket], None]) -> Any:
    class Telling(base):
        def connect(self) -> None:
            super().connect()
            connected(self.sock)

    return Telling


def _credentials(settings: Configuration) -> dict[str, str]:
    headers = {"Accept": "application/json", "User-Agent": "slipway"}
    if token := settings.api_key.get("authorization"):
        headers["Authorization"] = token
    elif settings.username:
        headers.update(urllib3.make_headers(basic_auth=f"{settings.username}:{settings.password or ''}"))
    return headers


def unreachable(error: Exception) -> Unreachable:
    """The failure of a connection in words that can be shown."""
    return Unreachable(safe_text(f"The cluster's API server did not answer: {error}"))
