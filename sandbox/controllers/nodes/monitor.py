"""Watches the heartbeats of nodes: one that is silent for too long is Unknown and tainted, and its pods are not ready."""

import asyncio
import logging

from sandbox.client.calls import STRATEGIC, ApiError, Client, Object
from sandbox.client.clock import now
from sandbox.client.events import Events
from sandbox.client.informer import UNREACHABLE, Informers
from sandbox.controllers.nodes.health import condition, silenced, taints
from sandbox.controllers.settings import node_grace

log = logging.getLogger(__name__)
SOURCE = "node-controller"
LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"


async def run_node_monitor(client: Client, informers: Informers, events: Events) -> None:
    """Run until cancelled."""
    await NodeMonitor(client, informers, events, grace=node_grace()).run()


class NodeMonitor:
    """Counts a node's silence from the last change of its lease or its heartbeat that was seen here, by this clock alone."""

    def __init__(self, client: Client, informers: Informers, events: Events, *, grace: float) -> None:
        self._client, self._events, self._grace = client, events, grace
        self._nodes, self._pods, self._leases = (informers.of(path) for path in ("/api/v1/nodes", "/api/v1/pods", LEASES))
        self._heard: dict[str, tuple[tuple[str, str], float]] = {}
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Run until cancelled."""
        for informer in (self._nodes, self._pods, self._leases):
            await informer.synced.wait()
        self._nodes.listen(lambda event, node: self._wake.set())
        while True:
            self._wake.clear()
            for node in list(self._nodes.objects.values()):
                await self._try(node)
            self._heard = {uid: heard for uid, heard in self._heard.items() if uid in self._nodes.objects}
            try:
                await asyncio.wait_for(self._wake.wait(), self._grace / 8)
            except TimeoutError:
                continue

    async def _try(self, node: Object) -> None:
        try:
            await self._check(node)
        except ApiError as error:
            log.info("node %s: %s; trying again", node["metadata"]["name"], error)
        except UNREACHABLE as error:
            log.info("node %s: %s; trying again", node["metadata"]["name"], error)
            # Nobody could be heard: every silence begins anew.
            self._heard.clear()

    async def _check(self, node: Object) -> None:
        if self._silence(node) > self._grace:
            changed = silenced(node, now())
            if changed:
                node = await self._patch_conditions(node, changed)
        if condition(node, "Ready").get("status", "True") != "True":
            await self._mark_pods(node)
        wanted = taints(node, now())
        if wanted != (node["spec"].get("taints") or []):
            # The version makes sure that no taint which somebody else sets meanwhile is lost.
            metadata = {"resourceVersion": node["metadata"]["resourceVersion"]}
            patch = {"metadata": metadata, "spec": {"taints": wanted}}
            await self._client.call("PATCH", _path(node), patch, content_type="application/merge-patch+json")

    def _silence(self, node: Object) -> float:
        """Seconds since something was last heard of the node."""
        lease = self._leases.named("kube-node-lease", node["metadata"]["name"]) or {}
        sign = str((lease.get("spec") or {}).get("renewTime", "")), str(condition(node, "Ready").get("lastHeartbeatTime", ""))
        clock, uid = asyncio.get_running_loop().time(), node["metadata"]["uid"]
        if uid not in self._heard or self._heard[uid][0] != sign:
            self._heard[uid] = sign, clock
        return clock - self._heard[uid][1]

    async def _patch_conditions(self, node: Object, changed: list[Object]) -> Object:
        name = node["metadata"]["name"]
        patch = {"metadata": {"uid": node["metadata"]["uid"]}, "status": {"conditions": changed}}
        patched = await self._client.call("PATCH", f"{_path(node)}/status", patch, content_type=STRATEGIC)
        if condition(node, "Ready").get("status") == "True":
            self._events.tell(node, "Normal", "NodeNotReady", f"Node {name} status is now: NodeNotReady", source=SOURCE)
        return patched

    async def _mark_pods(self, node: Object) -> None:
        for pod in list(self._pods.objects.values()):
            ready = condition(pod, "Ready")
            if pod["spec"].get("nodeName") != node["metadata"]["name"] or ready.get("status") != "True":
                continue
            self._events.tell(pod, "Warning", "NodeNotReady", "Node is not ready", source=SOURCE)
            metadata, told = pod["metadata"], {"type": "Ready", "status": "False", "lastTransitionTime": now()}
            path = f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}/status"
            patch = {"metadata": {"uid": metadata["uid"]}, "status": {"conditions": [told]}}
            await self._client.call("PATCH", path, patch, content_type=STRATEGIC)


def _path(node: Object) -> str:
    return f"/api/v1/nodes/{node['metadata']['name']}"
