"""Keeps every HorizontalPodAutoscaler's target at the size that its metrics ask for."""

import asyncio
import logging

from sandbox.client.calls import ApiError, Client, Object
from sandbox.client.clock import now
from sandbox.client.discovery import serves
from sandbox.client.events import Events
from sandbox.client.informer import Informers
from sandbox.controllers.autoscaling.behavior import Memory
from sandbox.controllers.autoscaling.evaluation import Evaluation, evaluate
from sandbox.controllers.autoscaling.proposals import Target
from sandbox.controllers.autoscaling.scales import Scales
from sandbox.controllers.queue import Key, WorkQueue
from sandbox.controllers.settings import autoscaling_sync
from sandbox.selectors.labels import parse_labels

log = logging.getLogger(__name__)
GROUP, VERSION, PLURAL = "autoscaling", "v2", "horizontalpodautoscalers"
SOURCE = "horizontal-pod-autoscaler"


async def run_autoscaling(client: Client, informers: Informers, events: Events) -> None:
    """Run until cancelled; an API server without autoscaling/v2 has nobody to scale."""
    if not await serves(client, GROUP, VERSION, PLURAL):
        log.warning("this API server does not serve autoscaling/v2: no HorizontalPodAutoscaler is played")
        return
    await Autoscaling(client, informers, events, sync=autoscaling_sync()).run()


class Autoscaling:
    """Looks at each autoscaler when it appears and every `sync` seconds."""

    def __init__(self, client: Client, informers: Informers, events: Events, *, sync: float) -> None:
        self._client, self._events, self._sync = client, events, sync
        self._autoscalers, self._pods = informers.of(f"/apis/{GROUP}/{VERSION}/{PLURAL}"), informers.of("/api/v1/pods")
        self._scales, self._memories = Scales(client), dict[str, Memory]()
        self._queue = WorkQueue(PLURAL, self._reconcile)

    async def run(self) -> None:
        """Run until cancelled."""
        await self._autoscalers.synced.wait()
        await self._pods.synced.wait()
        self._autoscalers.listen(self._observe)
        await self._queue.run()

    def _observe(self, event: str, autoscaler: Object) -> None:
        metadata = autoscaler["metadata"]
        if event == "DELETED":
            self._memories.pop(metadata["uid"], None)
        elif event == "ADDED":
            self._queue.add((metadata["namespace"], metadata["name"]))

    async def _reconcile(self, key: Key) -> None:
        autoscaler = self._autoscalers.named(*key)
        if autoscaler is None or "deletionTimestamp" in autoscaler["metadata"]:
            return
        self._queue.add(key, after=self._sync)
        evaluation = Evaluation(autoscaler, at=now())
        await self._act(evaluation)
        for kind, reason, message in evaluation.events:
            self._events.tell(autoscaler, kind, reason, message, source=SOURCE)
        await self._write_status(key, autoscaler, evaluation.status)

    async def _act(self, evaluation: Evaluation) -> None:
        autoscaler = evaluation.autoscaler
        try:
            path = await self._scales.path(autoscaler["metadata"]["namespace"], autoscaler["spec"]["scaleTargetRef"])
            scale = await self._client.call("GET", path)
        except ApiError as error:
            evaluation.fail_scale("FailedGetScale", "get the target's current scale", error)
            return
        evaluation.able("SucceededGetScale", "the HPA controller was able to get the target's current scale")
        clock, memory = asyncio.get_running_loop().time(), self._memories.setdefault(autoscaler["metadata"]["uid"], Memory())
        desired = await evaluate(self._client, evaluation, self._target(autoscaler, scale), memory, clock)
        current = int((scale.get("spec") or {}).get("replicas", 0))
        if desired is None or desired == current:
            return
        try:
            await self._client.call("PUT", path, {**scale, "spec": {**(scale.get("spec") or {}), "replicas": desired}})
        except ApiError as error:
            evaluation.fail_scale("FailedUpdateScale", "update the target scale", error)
        else:
            memory.changes.append((clock, desired - current))
            evaluation.rescaled(desired)

    def _target(self, autoscaler: Object, scale: Object) -> Target:
        namespace = autoscaler["metadata"]["namespace"]
        selector = str((scale.get("status") or {}).get("selector") or "")
        chooses = parse_labels(selector)
        pods = [pod for pod in self._pods.within(namespace) if selector and chooses(pod["metadata"].get("labels") or {})]
        return Target(namespace, int((scale.get("spec") or {}).get("replicas", 0)), selector, pods)

    async def _write_status(self, key: Key, autoscaler: Object, status: Object) -> None:
        if status == (autoscaler.get("status") or {}):
            return
        path = f"/apis/{GROUP}/{VERSION}/namespaces/{key[0]}/{PLURAL}/{key[1]}/status"
        await self._client.call("PUT", path, {**autoscaler, "status": status})
