"""Nodes of the pools: created, kept ready by heartbeats and leases."""

import asyncio
import logging
from typing import Any

from sandbox.simulate.client import APPLY, STRATEGIC, ApiError, Client, Object
from sandbox.simulate.clock import now, now_micro
from sandbox.simulate.informer import UNREACHABLE
from sandbox.simulate.pools import KUBELET_VERSION, POOL, SIMULATED, Pool

log = logging.getLogger("sandbox.simulate")
LEASE_EVERY = 10.0
LEASE_SECONDS = 40
STATUS_EVERY = 6
LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"
CONDITIONS = (
    ("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    ("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    ("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    ("Ready", "True", "KubeletReady", "simulated kubelet is posting ready status"),
)


class Nodes:
    """Creates the nodes and keeps them alive."""

    def __init__(self, client: Client, pools: list[Pool]) -> None:
        self._client = client
        self._since = now()
        self.pools = {name: pool for pool in pools for name in pool.node_names()}

    async def run(self) -> None:
        """Beat until cancelled; a node that somebody deleted comes back."""
        beat = 0
        while True:
            for number, name in enumerate(self.pools):
                try:
                    await self._beat(name, number, with_status=beat % STATUS_EVERY == 0)
                except (ApiError, *UNREACHABLE) as error:
                    log.info("node %s: %s; trying again", name, error)
                    beat = -1
            beat += 1
            await asyncio.sleep(LEASE_EVERY if beat else 1.0)

    async def _beat(self, name: str, number: int, *, with_status: bool) -> None:
        if with_status:
            await self._client.call("PATCH", f"/api/v1/nodes/{name}?fieldManager=kubelet&force=true", self._node(name), content_type=APPLY)
            status = {"status": _status(self.pools[name], name, number, self._since)}
            await self._client.call("PATCH", f"/api/v1/nodes/{name}/status", status, content_type=STRATEGIC)
        spec = {"holderIdentity": name, "leaseDurationSeconds": LEASE_SECONDS, "renewTime": now_micro()}
        lease = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": name}, "spec": spec}
        await self._client.call("PATCH", f"{LEASES}/{name}?fieldManager=kubelet&force=true", lease, content_type=APPLY)

    def _node(self, name: str) -> Object:
        pool = self.pools[name]
        labels = {
            "kubernetes.io/hostname": name,
            "kubernetes.io/os": "linux",
            "kubernetes.io/arch": "amd64",
            "node.kubernetes.io/instance-type": f"simulated-{pool.name}",
            SIMULATED: "true",
            POOL: pool.name,
            **pool.labels,
        }
        spec: dict[str, Any] = {"taints": pool.taints} if pool.taints else {}
        return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels}, "spec": spec}


def _status(pool: Pool, name: str, number: int, since: str) -> Object:
    at = now()
    shown = [
        {"type": kind, "status": status, "reason": reason, "message": message, "lastHeartbeatTime": at, "lastTransitionTime": since}
        for kind, status, reason, message in CONDITIONS
    ]
    addresses = [{"type": "InternalIP", "address": f"10.250.0.{number + 10}"}, {"type": "Hostname", "address": name}]
    info = {
        **{
            "machineID": name,
            "systemUUID": name,
            "bootID": name,
            "kernelVersion": "simulated",
            "osImage": "Slipway sandbox (simulated node)",
        },
        **{"containerRuntimeVersion": "sandbox://1", "kubeletVersion": KUBELET_VERSION, "kubeProxyVersion": KUBELET_VERSION},
        **{"operatingSystem": "linux", "architecture": "amd64"},
    }
    return {"capacity": pool.allocatable, "allocatable": pool.allocatable, "conditions": shown, "addresses": addresses, "nodeInfo": info}
