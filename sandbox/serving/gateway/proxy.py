"""One request in, one to a pod out, its answer back as it comes."""

import time
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import nullcontext

import aiohttp
from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

from sandbox.exposition import TYPE
from sandbox.serving.gateway.loads import Loads
from sandbox.serving.gateway.statistics import Statistics
from sandbox.serving.gateway.table import Backend, Endpoint, Found, Route, Table

POD, REVISION = "x-served-by", "x-served-revision"
LARGEST_BODY = 128 * 1024 * 1024
# An answer of known and small size is sent in one piece.
SMALL = 1024 * 1024
CONNECT_SECONDS, TRIES = 2.0, 3
# Bodies of requests that wait are held in memory.
MOST_WAITING, LOOK_SECONDS, GONE_SECONDS = 1000, 1.0, 0.2
HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade"}
    | {"content-length", "host"}
)


class Proxy:
    """Answers all requests of the ingress."""

    def __init__(self, table: Table, loads: Loads) -> None:
        self._table, self._loads, self._statistics = table, loads, Statistics()
        self._waiting = 0
        self._session: aiohttp.ClientSession | None = None

    def application(self) -> web.Application:
        """The application; it opens its connections when it starts."""
        app = web.Application(client_max_size=LARGEST_BODY)
        app.router.add_route("*", "/{path:.*}", self.handle)
        app.cleanup_ctx.append(self._connections)
        return app

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Any request."""
        found = self._table.find(request.host, request.rel_url.raw_path)
        if found is None:
            return self._own(request.path)
        if found.route is None:
            return _told(404, "there is no InferenceService of this name")
        begun, backend = time.perf_counter(), found.backend or found.route.choose()
        with self._loads.counted((found.route.namespace, backend.service)) if backend and backend.patience else nullcontext():
            answer, code = await self._forward(request, found, backend)
        service = backend.service if backend else found.route.name
        self._statistics.note(found.route, service, code, time.perf_counter() - begun)
        return answer

    async def _forward(self, request: web.Request, found: Found, backend: Backend | None) -> tuple[web.StreamResponse, int]:
        """The answer and its code: 499 when the client left before its end."""
        body, problem = await request.read(), ""
        for number in range(TRIES):
            backend = await self._awake(request, found.route, backend)
            endpoint = backend.turn() if backend and (backend.patience or number < len(backend.endpoints)) else None
            if backend is None or endpoint is None:
                break
            try:
                return await self._ask(request, found.path, body, backend, endpoint)
            except aiohttp.ClientConnectorError as error:
                # Nobody has seen the request: another pod may have it, or one that comes.
                problem = str(error)
                backend = await self._renewed(found.route, backend)
            except (aiohttp.ClientError, OSError, TimeoutError) as error:
                return _told(502, f"{endpoint.pod} broke off: {error or type(error).__name__}", backend, endpoint), 502
        answer = _told(503, problem or _why(found.route, backend), backend)
        return answer, 503

    async def _renewed(self, route: Route | None, backend: Backend) -> Backend | None:
        """A revision once more, as it is when the pod that just went is out of the table."""
        if route is None or not backend.patience:
            return backend
        await self._table.news(GONE_SECONDS)
        return self._table.again(route, backend.service)

    async def _awake(self, request: web.Request, route: Route | None, backend: Backend | None) -> Backend | None:
        """The backend once one of its pods is ready, as Knative's activator waits for it; as it is when none comes in time."""
        if route is None or backend is None or not backend.sleeps or self._waiting >= MOST_WAITING:
            return backend
        now: Backend | None = backend
        end = time.monotonic() + backend.patience
        self._waiting += 1
        self._loads.urgent.set()
        try:
            while now is not None and now.sleeps and (left := end - time.monotonic()) > 0 and not _has_left(request):
                await self._table.news(min(left, LOOK_SECONDS))
                now = self._table.again(route, now.service)
        finally:
            self._waiting -= 1
        return now

    async def _ask(
        self, request: web.Request, path: str, body: bytes, backend: Backend, endpoint: Endpoint
    ) -> tuple[web.StreamResponse, int]:
        if self._session is None:
            raise RuntimeError("the proxy does not run")
        query = f"?{request.rel_url.raw_query_string}" if request.rel_url.raw_query_string else ""
        url = URL(f"http://{endpoint.address}{path}{query}", encoded=True)
        headers = _passed_on(request.headers.items())
        headers.add("Host", request.host)
        async with self._session.request(request.method, url, data=body or None, headers=headers, allow_redirects=False) as answer:
            headers = _passed_on(answer.headers.items())
            headers[POD], headers[REVISION] = endpoint.pod, backend.service
            size = answer.content_length
            if size is not None and size <= SMALL:
                return web.Response(status=answer.status, headers=headers, body=await answer.read()), answer.status
            return await _stream(request, answer, headers)

    def _own(self, path: str) -> web.Response:
        if path == "/metrics":
            return web.Response(body=self._statistics.text().encode(), headers={"Content-Type": TYPE})
        if path == "/healthz":
            return web.Response(text="ok")
        return _told(404, "nothing is served here: use /serving/NAMESPACE/NAME/..., or the host NAME-NAMESPACE.DOMAIN")

    async def _connections(self, app: web.Application) -> AsyncIterator[None]:
        connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=30)
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS)
        skipped = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")
        async with aiohttp.ClientSession(
            connector=connector, timeout=timeout, auto_decompress=False, skip_auto_headers=skipped, cookie_jar=aiohttp.DummyCookieJar()
        ) as self._session:
            yield


async def _stream(request: web.Request, answer: aiohttp.ClientResponse, headers: CIMultiDict[str]) -> tuple[web.StreamResponse, int]:
    response = web.StreamResponse(status=answer.status, headers=headers)
    if answer.content_length is not None:
        response.content_length = answer.content_length
    await response.prepare(request)
    try:
        async for data in answer.content.iter_any():
            await response.write(data)
        await response.write_eof()
    except ConnectionResetError:
        return response, 499
    except (aiohttp.ClientError, OSError):
        # The client must not take half of an answer for all of it.
        if request.transport is not None:
            request.transport.abort()
        return response, 502
    return response, answer.status


def _passed_on(headers: Iterable[tuple[str, str]]) -> CIMultiDict[str]:
    return CIMultiDict([(name, value) for name, value in headers if name.lower() not in HOP_BY_HOP])


def _has_left(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()


def _why(route: Route | None, backend: Backend | None) -> str:
    if route is not None and route.is_stopped:
        return f"{route.name} is stopped"
    if backend is not None and backend.is_simulated:
        return f"the pods of {backend.service} are simulated: no process answers in them"
    if backend is not None and backend.patience:
        return f"{backend.service} had no pod, and none was ready within {backend.patience:g} s"
    return f"no pod of {backend.service if backend else 'it'} is ready"


def _told(code: int, words: str, backend: Backend | None = None, endpoint: Endpoint | None = None) -> web.Response:
    shown: Mapping[str, str] = {REVISION: backend.service} if backend else {}
    return web.Response(status=code, text=f"{words}\n", headers={**shown, **({POD: endpoint.pod} if endpoint else {})})
