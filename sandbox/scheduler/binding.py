"""What the scheduler writes: bindings, refusals, nominations, and the end of pods that make room."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from sandbox.client.calls import STRATEGIC, ApiError, Client
from sandbox.client.clock import now
from sandbox.client.events import Events
from sandbox.client.informer import UNREACHABLE
from sandbox.scheduler.claims import SELECTED_NODE, Claims, Object
from sandbox.scheduler.preemption import Candidate

log = logging.getLogger(__name__)
SOURCE = "default-scheduler"
AT_A_TIME = 16
VOLUME_SECONDS = 600.0
PREEMPTING = f"{SOURCE}: preempting to accommodate a higher priority pod"
GATED = {"reason": "SchedulingGated", "message": "Scheduling is blocked due to non-empty scheduling gates"}


class Writer:
    """At most 16 calls at a time; what is written of one pod is written in order."""

    def __init__(self, client: Client, events: Events, claims: Claims) -> None:
        self._client, self._events, self._claims = client, events, claims
        self._gate = asyncio.Semaphore(AT_A_TIME)
        self._last: dict[str, asyncio.Task[bool]] = {}

    def soon(self, pod: Object, course: Coroutine[Any, Any, None]) -> "asyncio.Task[bool]":
        """Run it after what was asked for this pod before; the task returns whether the server took it."""
        uid = pod["metadata"]["uid"]
        task = self._last[uid] = asyncio.create_task(self._run(pod, course, self._last.get(uid)))
        task.add_done_callback(lambda done: self._last.pop(uid) if self._last.get(uid) is done else None)
        return task

    async def bind(self, pod: Object, node: str) -> None:
        """Bind the pod to a node, its claims first; raises TimeoutError for claims that stay unbound, and the client's errors."""
        metadata = pod["metadata"]
        await self._bind_claims(pod, node)
        reference = {"name": metadata["name"], "namespace": metadata["namespace"], "uid": metadata["uid"]}
        target = {"apiVersion": "v1", "kind": "Node", "name": node}
        body = {"apiVersion": "v1", "kind": "Binding", "metadata": reference, "target": target}
        async with self._gate:
            await self._client.call("POST", f"{_path(pod)}/binding", body)
        message = f"Successfully assigned {metadata['namespace']}/{metadata['name']} to {node}"
        self._events.tell(pod, "Normal", "Scheduled", message, source=SOURCE)

    async def refuse(self, pod: Object, message: str, nominated: str | None) -> None:
        """Say why the pod stays pending, and for which node it waits (None: as before, "": for none)."""
        status: Object = {"conditions": [_condition("PodScheduled", "False", "Unschedulable", message)]}
        if nominated is not None:
            status["nominatedNodeName"] = nominated or None
        await self._patch(pod, status)
        self._events.tell(pod, "Warning", "FailedScheduling", message, source=SOURCE)

    async def hold_back(self, pod: Object) -> None:
        """Say that the pod's scheduling gates keep it."""
        await self._patch(pod, {"conditions": [_condition("PodScheduled", "False", GATED["reason"], GATED["message"])]})

    async def evict(self, victim: Object, preemptor: Object, candidate: Candidate) -> None:
        """End a pod that makes room."""
        await self._patch(victim, {"conditions": [_condition("DisruptionTarget", "True", "PreemptionByScheduler", PREEMPTING)]})
        async with self._gate:
            preconditions = {"uid": victim["metadata"]["uid"]}
            await self._client.call("DELETE", _path(victim), {"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": preconditions})
        message = f"Preempted by pod {preemptor['metadata']['uid']} on node {candidate.node}"
        self._events.tell(victim, "Normal", "Preempted", message, source=SOURCE)

    async def _bind_claims(self, pod: Object, node: str) -> None:
        waiting = self._claims.waiting(pod)
        for claim in waiting:
            metadata = claim["metadata"]
            path = f"/api/v1/namespaces/{metadata['namespace']}/persistentvolumeclaims/{metadata['name']}"
            patch = {"metadata": {"uid": metadata["uid"], "annotations": {SELECTED_NODE: node}}}
            async with self._gate:
                await self._client.call("PATCH", path, patch, content_type=STRATEGIC)
        if waiting:
            async with asyncio.timeout(VOLUME_SECONDS):
                await self._claims.bound(pod)

    async def _patch(self, pod: Object, status: Object) -> None:
        patch = {"metadata": {"uid": pod["metadata"]["uid"]}, "status": status}
        async with self._gate:
            await self._client.call("PATCH", f"{_path(pod)}/status", patch, content_type=STRATEGIC)

    async def _run(self, pod: Object, course: Coroutine[Any, Any, None], before: "asyncio.Task[bool] | None") -> bool:
        if before is not None:
            await before
        try:
            await course
        except (ApiError, *UNREACHABLE) as error:
            log.info("scheduling %s: %s", pod["metadata"]["name"], error or type(error).__name__)
            return False
        return True


def _path(pod: Object) -> str:
    return f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/{pod['metadata']['name']}"


def _condition(kind: str, value: str, reason: str, message: str) -> Object:
    return {"type": kind, "status": value, "reason": reason, "message": message, "lastTransitionTime": now()}
