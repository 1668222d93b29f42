"""Deployments: a queue of them, fed by their own changes and by those of their ReplicaSets and pods."""

from sandbox.client.calls import Client, Object
from sandbox.client.events import Events
from sandbox.client.informer import Informers
from sandbox.controllers.deployments.rollout import is_rolling
from sandbox.controllers.deployments.strategy import SOURCE, Pass
from sandbox.controllers.ownership import Claims, controller_of
from sandbox.controllers.paths import DEPLOYMENTS, PODS, REPLICA_SETS
from sandbox.controllers.queue import Key, WorkQueue
from sandbox.selectors.labels import selects

SELECTS_ALL = "This deployment is selecting all pods. A non-empty selector is required."


async def run_deployments(client: Client, informers: Informers, events: Events) -> None:
    """Run the controller until cancelled."""
    await Deployments(client, informers, events).run()


class Deployments:
    """Finds out which Deployment a change concerns, and gives it a pass."""

    def __init__(self, client: Client, informers: Informers, events: Events) -> None:
        self._client, self._events = client, events
        self._deployments, self._sets, self._pods = (informers.of(path) for path in (DEPLOYMENTS, REPLICA_SETS, PODS))
        self._claims = Claims(client, DEPLOYMENTS, REPLICA_SETS)
        self._queue = WorkQueue("deployment", self._reconcile)

    async def run(self) -> None:
        """Run until cancelled."""
        for informer in (self._deployments, self._sets, self._pods):
            await informer.synced.wait()
        self._deployments.listen(lambda _, item: self._queue.add(_key(item)))
        self._sets.listen(self._see_set)
        self._pods.listen(self._see_pod)
        await self._queue.run()

    def _see_set(self, event: str, item: Object) -> None:
        namespace, reference = item["metadata"]["namespace"], controller_of(item)
        if reference is not None:
            if reference["kind"] == "Deployment":
                self._queue.add((namespace, reference["name"]))
        elif event != "DELETED":
            for deployment in self._deployments.within(namespace):
                if _selects(deployment, item):
                    self._queue.add(_key(deployment))

    def _see_pod(self, event: str, pod: Object) -> None:
        """A Deployment that recreates waits for the last of its old pods to go."""
        reference = controller_of(pod)
        if event != "DELETED" or reference is None or reference["kind"] != "ReplicaSet":
            return
        item = self._sets.named(pod["metadata"]["namespace"], reference["name"])
        owner = controller_of(item) if item else None
        deployment = self._deployments.named(pod["metadata"]["namespace"], owner["name"]) if owner else None
        if deployment is not None and not is_rolling(deployment):
            self._queue.add(_key(deployment))

    async def _reconcile(self, key: Key) -> None:
        deployment = self._deployments.named(*key)
        if deployment is None:
            return
        if not any(deployment["spec"]["selector"].get(part) for part in ("matchLabels", "matchExpressions")):
            self._events.tell(deployment, "Warning", "SelectingAll", SELECTS_ALL, source=SOURCE)
            return
        sets = await self._claims.claim(deployment, self._sets.within(key[0]), lambda item: _selects(deployment, item))
        soon = await Pass(self._client, self._events, deployment, sets, self._pods.within(key[0])).run()
        if soon is not None:
            self._queue.add(key, after=soon + 1)


def _key(item: Object) -> Key:
    return item["metadata"]["namespace"], item["metadata"]["name"]


def _selects(deployment: Object, item: Object) -> bool:
    return selects(deployment["spec"]["selector"], item["metadata"].get("labels") or {})
