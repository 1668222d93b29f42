"""The kubelets' HTTPS endpoint: one listener for all simulated nodes, for callers with a client certificate of the cluster."""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from typing import Any

from aiohttp import web

from sandbox.client.calls import ApiError, Client
from sandbox.client.informer import UNREACHABLE, Informer
from sandbox.node_api.callers import Reviews, caller_of
from sandbox.node_api.container_logs import NoLogError, means_former, stream
from sandbox.node_api.log_options import LogOptions, read_log_options
from sandbox.node_api.summary import resource_metrics, stats_summary
from sandbox.node_api.usage import Usage
from sandbox.nodes.runtime import Object, Runtime

log = logging.getLogger(__name__)
VERBS = {"POST": "create", "GET": "get", "HEAD": "get", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}
Handler = Callable[[web.Request], Any]


class KubeletServer:
    """Answers for every pod of the simulated nodes."""

    def __init__(
        self, client: Client, pods: Informer, is_ours: Callable[[str], bool], runtime_for: Callable[[Object], Runtime], usage: Usage
    ) -> None:
        self._pods, self._is_ours, self._runtime_for, self._usage = pods, is_ours, runtime_for, usage
        self._reviews = Reviews(client)

    def application(self) -> web.Application:
        """The routes, behind the question who calls."""
        app = web.Application(middlewares=[self._guard])
        app.router.add_get("/healthz", self._healthz)
        app.router.add_get("/pods", self._list_pods)
        app.router.add_get("/stats/summary", self._summary)
        app.router.add_get("/metrics/resource", self._metrics)
        app.router.add_get("/containerLogs/{namespace}/{pod}/{container}", self._logs)
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        caller = caller_of(request.transport)
        if caller is None:
            return web.Response(status=401, text="Unauthorized")
        verb, subresource = VERBS.get(request.method, request.method.lower()), _subresource(request.path)
        try:
            allowed = await self._reviews.allows(caller, verb, subresource)
        except (ApiError, *UNREACHABLE) as error:
            return web.Response(status=500, text=f"Authorization error (user={caller.name}, verb={verb}, resource=nodes): {error}")
        if not allowed:
            return web.Response(status=403, text=f"Forbidden (user={caller.name}, verb={verb}, resource=nodes, subresource={subresource})")
        answer: web.StreamResponse = await handler(request)
        return answer

    async def _healthz(self, request: web.Request) -> web.Response:
        return web.Response(text="ok")

    async def _list_pods(self, request: web.Request) -> web.Response:
        node = request.query.get("node", "")
        items = [pod for pod in self._pods.objects.values() if self._is_here(pod, node)]
        return web.json_response({"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": items})

    async def _summary(self, request: web.Request) -> web.Response:
        node = request.query.get("node", "")
        return web.json_response(stats_summary(node, self._usage.running(node)))

    async def _metrics(self, request: web.Request) -> web.Response:
        return web.Response(text=resource_metrics(self._usage.running(request.query.get("node", ""))))

    async def _logs(self, request: web.Request) -> web.StreamResponse:
        namespace, name, container = (request.match_info[key] for key in ("namespace", "pod", "container"))
        pod = self._pods.named(namespace, name)
        if pod is None or not self._is_here(pod):
            return web.Response(status=404, text=f'pod "{name}" does not exist\n')
        if not _has(pod, container):
            return web.Response(status=404, text=f'container "{container}" not found in pod "{name}"\n')
        try:
            options = read_log_options(request.query)
            means_former(pod, container, previous=options.previous)
        except (NoLogError, ValueError) as error:
            return web.Response(status=400 if isinstance(error, NoLogError) else 422, text=str(error))
        return await _send(request, self._lines(pod, container, options))

    def _lines(self, pod: Object, container: str, options: LogOptions) -> AsyncIterator[bytes]:
        uid = pod["metadata"]["uid"]
        return stream(self._runtime_for(pod), lambda: self._pods.objects.get(uid), container, options)

    def _is_here(self, pod: Object, node: str = "") -> bool:
        on = pod["spec"].get("nodeName", "")
        return self._is_ours(on) and node in ("", on)


async def _send(request: web.Request, pieces: AsyncIterator[bytes]) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/plain"})
    response.enable_chunked_encoding()
    await response.prepare(request)
    try:
        async with aclosing(pieces):  # type: ignore[type-var]
            async for piece in pieces:
                await response.write(piece)
        await response.write_eof()
    except (ConnectionError, NoLogError) as error:
        log.debug("a log stream ended: %s", error)
    return response


def _has(pod: Object, container: str) -> bool:
    return any(each["name"] == container for key in ("containers", "initContainers") for each in pod["spec"].get(key) or [])


def _subresource(path: str) -> str:
    """What a kubelet takes a path for when it asks whether a caller may."""
    head = path.split("/")[1]
    return head if head in ("stats", "metrics", "healthz") else "proxy"
