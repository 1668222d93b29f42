"""Plays KServe in a cluster where nobody else does: brings its kinds, then its controller and its ingress."""

import asyncio
import logging
from pathlib import Path

from sandbox.client.calls import ApiError, Client, Object
from sandbox.client.discovery import serves
from sandbox.client.events import Events
from sandbox.client.informer import UNREACHABLE, Informers
from sandbox.controllers.paths import DEPLOYMENTS, within
from sandbox.nodes.address import machine_address
from sandbox.serving import builtin, ingress
from sandbox.serving.autoscaler.loop import Autoscaler
from sandbox.serving.controller import Controller
from sandbox.serving.copies import CONFIG_MAPS, CORE_SERVICES, Copies
from sandbox.serving.feed import Feed
from sandbox.serving.installing import install, is_ours
from sandbox.serving.names import CLUSTER_RUNTIMES, CONFIG, GROUP, KNATIVE_GROUP, NAMESPACE, STORAGE_CONTAINERS

log = logging.getLogger(__name__)
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
# The Deployment of a real KServe carries this label.
REAL = "control-plane=kserve-controller-manager"
RETRY = 1.0
KINDS = (
    (GROUP, "v1beta1", "inferenceservices"),
    *((GROUP, "v1alpha1", each) for each in ("servingruntimes", "clusterservingruntimes", "clusterstoragecontainers")),
    (KNATIVE_GROUP, "v1", "revisions"),
)


class Serving:
    """`active` None: unless a real KServe is there. `folder` is that of the local processes, `mlflow` the address of an MLflow server."""

    def __init__(self, client: Client, informers: Informers, events: Events, *, active: bool | None, folder: Path, mlflow: str) -> None:
        self._client, self._informers, self._events = client, informers, events
        self._active, self._folder, self._mlflow = active, folder, mlflow
        # Before any pod runs again: the gateway's own would be in the way.
        self._port = ingress.gateway_port(folder) if active is not False else 0

    async def run(self) -> None:
        """Run until cancelled, or until a real KServe shows up in a cluster that had none."""
        if self._active is False:
            return
        await self._prepare()
        if self._active is None and self._is_real_there():
            log.info("this cluster has a KServe of its own: none is played")
            return
        copies = Copies(self._informers, await self._autoscalers())
        async with asyncio.TaskGroup() as group:
            autoscaler = Autoscaler(self._client, copies)
            feed = Feed(copies, ingress.routes_socket(self._folder), autoscaler.hear)
            parts = (Controller(self._client, copies, self._events), feed, autoscaler)
            tasks = [group.create_task(part.run()) for part in parts]
            if self._active is None:
                await self._until_real()
                for task in tasks:
                    task.cancel()

    async def _prepare(self) -> None:
        """Know the cluster's Deployments, and unless there is a real KServe install what is missing; again until it is done."""
        await self._informers.of(DEPLOYMENTS).synced.wait()
        while self._active or not self._is_real_there():
            try:
                return await self._install()
            except (ApiError, *UNREACHABLE) as error:
                log.info("KServe is not installed: %s; trying again", error)
                await asyncio.sleep(RETRY)

    async def _install(self) -> None:
        for each in builtin.definitions():
            await install(self._client, DEFINITIONS, each)
        await install(self._client, "/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})
        for group, version, collection in KINDS:
            while not await serves(self._client, group, version, collection):
                await asyncio.sleep(0.1)
        for runtime in builtin.runtimes():
            await install(self._client, CLUSTER_RUNTIMES, runtime)
        for container in builtin.storage_containers(self._mlflow):
            await install(self._client, STORAGE_CONTAINERS, container)
        await self._configure(f"{machine_address()}:{self._port}")
        await install(self._client, within(CORE_SERVICES, NAMESPACE), ingress.service(self._port))
        await install(self._client, within(DEPLOYMENTS, NAMESPACE), ingress.deployment(self._port))

    async def _configure(self, domain: str) -> None:
        wanted = builtin.config_map(domain)
        try:
            present = await self._client.call("GET", f"{CONFIG_MAPS}/{CONFIG}")
        except ApiError as error:
            if error.code != 404:
                raise
            return await install(self._client, CONFIG_MAPS, wanted)
        moved = builtin.with_domain(present, domain)
        if is_ours(present) and moved != present:
            await self._client.call("PUT", f"{CONFIG_MAPS}/{CONFIG}", moved)

    async def _autoscalers(self) -> str:
        """The collection of HorizontalPodAutoscalers in the version that is served and has what we write; empty if there is none."""
        for version in ("v2", "v2beta2"):
            if await serves(self._client, "autoscaling", version, "horizontalpodautoscalers"):
                return f"/apis/autoscaling/{version}/horizontalpodautoscalers"
        log.warning("this API server serves neither autoscaling/v2 nor v2beta2: InferenceServices do not scale")
        return ""

    def _is_real_there(self) -> bool:
        return any(map(_is_real, self._informers.of(DEPLOYMENTS).objects.values()))

    async def _until_real(self) -> None:
        found = asyncio.Event()
        self._informers.of(DEPLOYMENTS).listen(lambda event, item: found.set() if event != "DELETED" and _is_real(item) else None)
        await found.wait()
        log.warning("a KServe of its own was installed in this cluster: the simulator leaves InferenceServices to it")


def _is_real(deployment: Object) -> bool:
    key, _, value = REAL.partition("=")
    return (deployment["metadata"].get("labels") or {}).get(key) == value
