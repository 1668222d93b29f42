"""Runs what is reached on the simulated nodes, once the cluster has said whose client certificates it uses."""

import asyncio
import logging
from collections.abc import Callable, Sequence

from aiohttp import web

from sandbox.client.calls import ApiError, Client
from sandbox.client.informer import UNREACHABLE, Informers
from sandbox.node_api.answers import only_for
from sandbox.node_api.callers import Trust, read_trust, server_context
from sandbox.node_api.external_metrics import ExternalMetrics
from sandbox.node_api.kubelet import KubeletServer
from sandbox.node_api.metrics import Metrics
from sandbox.node_api.registration import SERVICE_HOST, register, unregister
from sandbox.node_api.serving import bind, port_of, serve
from sandbox.node_api.usage import Usage
from sandbox.nodes.address import machine_address
from sandbox.nodes.runtime import Object, Runtime, runtime_for
from sandbox.signing import Authority

log = logging.getLogger(__name__)
RETRY, FAREWELL_SECONDS = 1.0, 2.0


class NodeApi:
    """The kubelets' endpoint, whose port is known from the start, so that nodes can announce it; and the metrics APIs."""

    def __init__(
        self, client: Client, ca: bytes | None, informers: Informers, is_ours: Callable[[str], bool], runtimes: Sequence[Runtime]
    ) -> None:
        """`ca` is the kubeconfig's, for a cluster that publishes no client CA; `is_ours` tells simulated nodes by name."""

        def runtime(pod: Object) -> Runtime:
            return runtime_for(pod, runtimes)

        self._client, self._ca = client, ca
        pods, nodes, namespaces = (informers.of(f"/api/v1/{plural}") for plural in ("pods", "nodes", "namespaces"))
        self._usage = Usage(pods, is_ours, runtime)
        self._kubelet = KubeletServer(client, pods, is_ours, runtime, self._usage)
        self._apis = (Metrics(pods, nodes, self._usage), ExternalMetrics(namespaces))
        self._listener, self._metrics_listener = bind(), bind()
        self.port = port_of(self._listener)

    async def run(self) -> None:
        """Run until cancelled."""
        trust, authority = await self._trust(), Authority("sandbox-node-ca")
        async with asyncio.TaskGroup() as group:
            group.create_task(self._usage.run())
            if trust.client_ca:
                own = authority.serving("sandbox-node", [], [machine_address()])
                group.create_task(serve(self._kubelet.application(), self._listener, server_context(own, trust.client_ca)))
            if trust.front_proxy_ca:
                group.create_task(self._serve_metrics(trust, authority))
            else:
                log.warning("the cluster publishes no front proxy: it has no API aggregation, so there are no metrics APIs")

    async def _serve_metrics(self, trust: Trust, authority: Authority) -> None:
        own = authority.serving("sandbox-metrics", [SERVICE_HOST], [machine_address()])
        app = web.Application(middlewares=[only_for(trust.front_proxy_names)])
        for api in self._apis:
            api.add_to(app)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(serve(app, self._metrics_listener, server_context(own, trust.front_proxy_ca)))
                group.create_task(self._register(authority.certificate))
        finally:
            await self._unregister()

    async def _register(self, ca: bytes) -> None:
        while True:
            try:
                return await register(self._client, machine_address(), port_of(self._metrics_listener), ca)
            except (ApiError, *UNREACHABLE) as error:
                log.info("the metrics APIs are not registered: %s; trying again", error)
                await asyncio.sleep(RETRY)

    async def _unregister(self) -> None:
        try:
            async with asyncio.timeout(FAREWELL_SECONDS):
                await unregister(self._client)
        except (ApiError, *UNREACHABLE) as error:
            log.info("the metrics APIs stay registered: %s", error)

    async def _trust(self) -> Trust:
        while True:
            try:
                return await read_trust(self._client, self._ca)
            except (ApiError, *UNREACHABLE) as error:
                log.info("the cluster does not say whose client certificates to trust: %s; trying again", error)
                await asyncio.sleep(RETRY)
