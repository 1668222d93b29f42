"""A scheduler for clusters that have none: binds pending pods, and says why one cannot be bound."""

import asyncio
import logging
import time

from sandbox.admission.usage import Usage
from sandbox.simulate.client import STRATEGIC, ApiError, Client, Object
from sandbox.simulate.clock import now
from sandbox.simulate.events import Events
from sandbox.simulate.fitting import choose, demand
from sandbox.simulate.informer import UNREACHABLE, Informer

log = logging.getLogger("sandbox.simulate")
SOURCE = "default-scheduler"
PATIENCE = 4.0
RETRY = 1.0


class Scheduler:
    """With mode `auto` it takes over once a pod was neither bound nor judged by anybody for a few seconds."""

    def __init__(self, client: Client, pods: Informer, nodes: Informer, events: Events, *, active: bool | None) -> None:
        self._client, self._pods, self._nodes, self._events = client, pods, nodes, events
        self._active, self._may_activate = active is True, active is None
        self._wake = asyncio.Event()
        self._assumed: dict[str, str] = {}
        self._first_seen: dict[str, float] = {}

    def wake(self) -> None:
        """Something changed: look at the pending pods again."""
        self._wake.set()

    async def run(self) -> None:
        """Schedule until cancelled."""
        await self._pods.synced.wait()
        await self._nodes.synced.wait()
        while self._active or self._may_activate:
            self._wake.clear()
            pending = [pod for pod in self._pods.objects.values() if _is_pending(pod)]
            self._forget(pending)
            if self._active or self._nobody_schedules(pending):
                await self._schedule(pending)
            try:
                await asyncio.wait_for(self._wake.wait(), RETRY if pending else 30)
            except TimeoutError:
                continue

    def _forget(self, pending: list[Object]) -> None:
        alive = {pod["metadata"]["uid"] for pod in pending}
        self._assumed = {uid: node for uid, node in self._assumed.items() if uid in alive}
        self._first_seen = {uid: seen for uid, seen in self._first_seen.items() if uid in alive}

    def _nobody_schedules(self, pending: list[Object]) -> bool:
        for pod in pending:
            seen = self._first_seen.setdefault(pod["metadata"]["uid"], time.monotonic())
            if not _condition(pod) and time.monotonic() - seen > PATIENCE:
                log.warning("nobody schedules pods in this cluster: the simulator does it from now on")
                self._active = True
        return self._active

    async def _schedule(self, pending: list[Object]) -> None:
        taken = self._taken()
        nodes = [node for node in self._nodes.objects.values() if _is_ready(node)]
        ordered = sorted(pending, key=lambda pod: (-pod["spec"].get("priority", 0), pod["metadata"]["creationTimestamp"]))
        for pod in ordered:
            if pod["metadata"]["uid"] in self._assumed:
                continue
            name, message = choose(pod, nodes, taken)
            try:
                await (self._bind(pod, name, taken) if name else self._refuse(pod, message))
            except (ApiError, *UNREACHABLE) as error:
                log.info("scheduling %s: %s", pod["metadata"]["name"], error)

    def _taken(self) -> dict[str, Usage]:
        taken: dict[str, Usage] = {}
        for uid, pod in self._pods.objects.items():
            node = pod["spec"].get("nodeName") or self._assumed.get(uid)
            if node and (pod.get("status") or {}).get("phase") not in ("Succeeded", "Failed"):
                _add(taken, node, demand(pod))
        return taken

    async def _bind(self, pod: Object, node: str, taken: dict[str, Usage]) -> None:
        metadata = pod["metadata"]
        reference = {"name": metadata["name"], "namespace": metadata["namespace"], "uid": metadata["uid"]}
        target = {"apiVersion": "v1", "kind": "Node", "name": node}
        body = {"apiVersion": "v1", "kind": "Binding", "metadata": reference, "target": target}
        await self._client.call("POST", f"{_path(pod)}/binding", body)
        self._assumed[metadata["uid"]] = node
        _add(taken, node, demand(pod))
        message = f"Successfully assigned {metadata['namespace']}/{metadata['name']} to {node}"
        self._events.tell(pod, "Normal", "Scheduled", message, source=SOURCE)

    async def _refuse(self, pod: Object, message: str) -> None:
        if _condition(pod).get("message") == message:
            return
        condition = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message, "lastTransitionTime": now()}
        patch = {"metadata": {"uid": pod["metadata"]["uid"]}, "status": {"conditions": [condition]}}
        await self._client.call("PATCH", f"{_path(pod)}/status", patch, content_type=STRATEGIC)
        self._events.tell(pod, "Warning", "FailedScheduling", message, source=SOURCE)


def _path(pod: Object) -> str:
    return f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/{pod['metadata']['name']}"


def _add(taken: dict[str, Usage], node: str, amounts: Usage) -> None:
    own = taken.setdefault(node, {})
    for name, amount in amounts.items():
        own[name] = own.get(name, amount * 0) + amount


def _is_pending(pod: Object) -> bool:
    if pod["spec"].get("nodeName") or "deletionTimestamp" in pod["metadata"] or pod["spec"].get("schedulingGates"):
        return False
    return pod["spec"].get("schedulerName", SOURCE) == SOURCE and (pod.get("status") or {}).get("phase") == "Pending"


def _condition(pod: Object) -> Object:
    conditions = (pod.get("status") or {}).get("conditions") or []
    return next((each for each in conditions if each["type"] == "PodScheduled"), {})


def _is_ready(node: Object) -> bool:
    conditions = (node.get("status") or {}).get("conditions") or []
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)
