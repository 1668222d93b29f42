"""Deletes pods from nodes whose NoExecute taints they do not tolerate, or no longer."""

import asyncio

from sandbox.client.calls import STRATEGIC, ApiError, Client, Object
from sandbox.client.clock import now
from sandbox.client.events import Events
from sandbox.client.informer import Informers
from sandbox.controllers.nodes.health import patience
from sandbox.controllers.queue import Key, WorkQueue

SOURCE = "taint-eviction-controller"
DISRUPTED = {
    "type": "DisruptionTarget",
    "status": "True",
    "reason": "DeletionByTaintManager",
    "message": "Taint manager: deleting due to NoExecute taint",
}


async def run_taint_eviction(client: Client, informers: Informers, events: Events) -> None:
    """Run until cancelled."""
    await TaintEviction(client, informers, events).run()


class TaintEviction:
    """The time that a pod is given starts when its node's taints are first seen."""

    def __init__(self, client: Client, informers: Informers, events: Events) -> None:
        self._client, self._events = client, events
        self._nodes, self._pods = informers.of("/api/v1/nodes"), informers.of("/api/v1/pods")
        self._since: dict[str, float] = {}
        self._queue = WorkQueue("taint eviction", self._reconcile)

    async def run(self) -> None:
        """Run until cancelled."""
        await self._nodes.synced.wait()
        await self._pods.synced.wait()
        self._nodes.listen(self._observe_node)
        self._pods.listen(self._observe_pod)
        await self._queue.run()

    def _observe_node(self, event: str, node: Object) -> None:
        for pod in list(self._pods.objects.values()):
            if pod["spec"].get("nodeName") == node["metadata"]["name"] and (_executing(node) or pod["metadata"]["uid"] in self._since):
                self._queue.add((pod["metadata"]["namespace"], pod["metadata"]["name"]))

    def _observe_pod(self, event: str, pod: Object) -> None:
        node = self._nodes.named("", pod["spec"].get("nodeName", ""))
        if event == "DELETED":
            self._since.pop(pod["metadata"]["uid"], None)
        elif node is not None and _executing(node):
            self._queue.add((pod["metadata"]["namespace"], pod["metadata"]["name"]))

    async def _reconcile(self, key: Key) -> None:
        pod = self._pods.named(*key)
        if pod is None or "deletionTimestamp" in pod["metadata"]:
            return
        node = self._nodes.named("", pod["spec"].get("nodeName", ""))
        allowed = patience(pod, _executing(node)) if node is not None else None
        uid, clock = pod["metadata"]["uid"], asyncio.get_running_loop().time()
        if allowed is None:
            if self._since.pop(uid, None) is not None:
                self._tell(pod, f"Cancelling deletion of Pod {'/'.join(key)}")
            return
        left = self._since.setdefault(uid, clock) + allowed - clock
        if left > 0:
            self._queue.add(key, after=left)
        else:
            await self._evict(pod, key)

    async def _evict(self, pod: Object, key: Key) -> None:
        path, uid = f"/api/v1/namespaces/{key[0]}/pods/{key[1]}", pod["metadata"]["uid"]
        self._tell(pod, f"Marking for deletion Pod {'/'.join(key)}")
        told = {"metadata": {"uid": uid}, "status": {"conditions": [{**DISRUPTED, "lastTransitionTime": now()}]}}
        try:
            await self._client.call("PATCH", f"{path}/status", told, content_type=STRATEGIC)
            await self._client.call("DELETE", path, {"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": {"uid": uid}})
        except ApiError as error:
            # Gone, or another one of its name is there.
            if error.code not in (404, 409, 422):
                raise

    def _tell(self, pod: Object, message: str) -> None:
        self._events.tell(pod, "Normal", "TaintManagerEviction", message, source=SOURCE)


def _executing(node: Object) -> list[Object]:
    return [taint for taint in node["spec"].get("taints") or [] if taint["effect"] == "NoExecute"]
