"""Nodes of the pools: created, kept ready by heartbeats and leases."""

import asyncio
import logging

from sandbox.client.calls import APPLY, STRATEGIC, ApiError, Client, Object
from sandbox.client.clock import now, now_micro
from sandbox.client.informer import UNREACHABLE
from sandbox.nodes.address import machine_address
from sandbox.nodes.pools import KUBELET_VERSION, POOL, SIMULATED, Pool
from sandbox.nodes.presence import Presence

log = logging.getLogger(__name__)
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
    """Creates the nodes and keeps alive those that are not away; `kubelet_port` is where their kubelets answer, 0 for nowhere."""

    def __init__(self, client: Client, pools: list[Pool], presence: Presence, *, kubelet_port: int = 0) -> None:
        self._client, self._presence, self._kubelet_port = client, presence, kubelet_port
        self.pools = {name: pool for pool in pools for name in pool.node_names()}
        self._returned = asyncio.Event()
        presence.listen(lambda name: self._returned.set())

    async def run(self) -> None:
        """Beat until cancelled; a node that somebody deleted comes back."""
        beat = 0
        while True:
            self._returned.clear()
            for name in self.pools:
                try:
                    await self._beat(name, with_status=beat % STATUS_EVERY == 0)
                except (ApiError, *UNREACHABLE) as error:
                    log.info("node %s: %s; trying again", name, error)
                    beat = -1
            beat += 1
            try:
                await asyncio.wait_for(self._returned.wait(), LEASE_EVERY if beat else 1.0)
            except TimeoutError:
                continue
            beat = 0

    async def _beat(self, name: str, *, with_status: bool) -> None:
        if self._presence.is_away(name):
            return
        if with_status:
            await self._register(name)
            status = {"status": self._status(name)}
            await self._client.call("PATCH", f"/api/v1/nodes/{name}/status", status, content_type=STRATEGIC)
        spec = {"holderIdentity": name, "leaseDurationSeconds": LEASE_SECONDS, "renewTime": now_micro()}
        lease = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": name}, "spec": spec}
        await self._client.call("PATCH", f"{LEASES}/{name}?fieldManager=kubelet&force=true", lease, content_type=APPLY)

    async def _register(self, name: str) -> None:
        """Taints belong to the registration, as a kubelet's do: later ones are not taken back by a heartbeat."""
        node = self._node(name)
        if self._presence.node(name) is None:
            try:
                born = {"spec": {"taints": self.pools[name].taints}, "status": self._status(name)}
                await self._client.call("POST", "/api/v1/nodes", node | born)
            except ApiError as error:
                if error.code != 409:
                    raise
        await self._client.call("PATCH", f"/api/v1/nodes/{name}?fieldManager=kubelet&force=true", node, content_type=APPLY)

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
        return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels}}

    def _status(self, name: str) -> Object:
        pool = self.pools[name]
        info = {
            **{"machineID": name, "systemUUID": name, "bootID": name, "kernelVersion": "simulated"},
            **{"osImage": "Slipway sandbox (simulated node)", "containerRuntimeVersion": "sandbox://1"},
            **{"kubeletVersion": KUBELET_VERSION, "kubeProxyVersion": KUBELET_VERSION, "operatingSystem": "linux", "architecture": "amd64"},
        }
        status: Object = {
            "capacity": pool.capacity,
            "allocatable": pool.allocatable,
            "conditions": self._conditions(name),
            "nodeInfo": info,
        }
        # No Hostname: an API server would prefer it, and nobody can resolve it.
        status["addresses"] = [{"type": "InternalIP", "address": machine_address()}]
        if self._kubelet_port:
            status["daemonEndpoints"] = {"kubeletEndpoint": {"Port": self._kubelet_port}}
        return status

    def _conditions(self, name: str) -> list[Object]:
        node = self._presence.node(name) or {}
        old = {each["type"]: each for each in (node.get("status") or {}).get("conditions") or []}
        shown = []
        for kind, status, reason, message in CONDITIONS:
            before = old.get(kind, {})
            since = before.get("lastTransitionTime") if before.get("status") == status else None
            times = {"lastHeartbeatTime": now(), "lastTransitionTime": since or now()}
            shown.append({"type": kind, "status": status, "reason": reason, "message": message, **times})
        return shown
