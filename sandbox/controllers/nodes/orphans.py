"""Collects pods whose kubelet will never end them: their node is gone, is out of service, or they never had one."""

import asyncio
import logging

from sandbox.client.calls import STRATEGIC, ApiError, Client, Object
from sandbox.client.clock import now
from sandbox.client.events import Events
from sandbox.client.informer import UNREACHABLE, Informers
from sandbox.controllers.nodes.health import condition
from sandbox.controllers.settings import node_grace

log = logging.getLogger(__name__)
OUT_OF_SERVICE = "node.kubernetes.io/out-of-service"
DISRUPTED = {"type": "DisruptionTarget", "status": "True", "reason": "DeletionByPodGC", "message": "PodGC: node no longer exists"}


async def run_orphans(client: Client, informers: Informers, events: Events) -> None:
    """Run until cancelled."""
    await Orphans(client, informers, quarantine=node_grace()).run()


class Orphans:
    """A node must be missing for `quarantine` seconds before its pods are collected: it may just not have registered yet."""

    def __init__(self, client: Client, informers: Informers, *, quarantine: float) -> None:
        self._client, self._quarantine = client, quarantine
        self._nodes, self._pods = informers.of("/api/v1/nodes"), informers.of("/api/v1/pods")
        self._missing: dict[str, float] = {}

    async def run(self) -> None:
        """Run until cancelled."""
        await self._nodes.synced.wait()
        await self._pods.synced.wait()
        while True:
            self._look_for_nodes()
            for pod in list(self._pods.objects.values()):
                if self._is_orphan(pod):
                    await self._collect(pod)
            await asyncio.sleep(self._quarantine / 8)

    def _look_for_nodes(self) -> None:
        clock = asyncio.get_running_loop().time()
        used = {pod["spec"]["nodeName"] for pod in self._pods.objects.values() if pod["spec"].get("nodeName")}
        self._missing = {name: self._missing.get(name, clock) for name in used if self._nodes.named("", name) is None}

    def _is_orphan(self, pod: Object) -> bool:
        name, is_going = pod["spec"].get("nodeName", ""), "deletionTimestamp" in pod["metadata"]
        if not name:
            return is_going and not pod["metadata"].get("finalizers")
        if name in self._missing:
            return asyncio.get_running_loop().time() - self._missing[name] > self._quarantine
        return is_going and self._is_out_of_service(name)

    def _is_out_of_service(self, name: str) -> bool:
        node = self._nodes.named("", name) or {"spec": {}}
        marked = any(taint["key"] == OUT_OF_SERVICE for taint in node["spec"].get("taints") or [])
        return marked and condition(node, "Ready").get("status") != "True"

    async def _collect(self, pod: Object) -> None:
        metadata = pod["metadata"]
        path = f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}"
        options = {"apiVersion": "v1", "kind": "DeleteOptions", "gracePeriodSeconds": 0, "preconditions": {"uid": metadata["uid"]}}
        try:
            if (pod.get("status") or {}).get("phase") not in ("Succeeded", "Failed") and pod["spec"].get("nodeName"):
                status = {"phase": "Failed", "conditions": [{**DISRUPTED, "lastTransitionTime": now()}]}
                patch = {"metadata": {"uid": metadata["uid"]}, "status": status}
                await self._client.call("PATCH", f"{path}/status", patch, content_type=STRATEGIC)
            await self._client.call("DELETE", path, options)
        except (ApiError, *UNREACHABLE) as error:
            log.info("pod %s: %s; trying again", metadata["name"], error)
