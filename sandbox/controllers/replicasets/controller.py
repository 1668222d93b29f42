"""ReplicaSets: keep as many pods as the spec says, and tell in the status how they are."""

from sandbox.client.calls import ApiError, Client, Object
from sandbox.client.clock import now
from sandbox.client.events import Events
from sandbox.client.informer import Informers
from sandbox.controllers.expectations import Expectations
from sandbox.controllers.ownership import Claims, controller_of
from sandbox.controllers.paths import PODS, REPLICA_SETS, path_of
from sandbox.controllers.pod_control import PodControl, pod_from, slow_start
from sandbox.controllers.pod_state import is_active, is_ready, seconds_until_available
from sandbox.controllers.queue import Key, WorkQueue
from sandbox.controllers.replicasets.victims import choose_victims
from sandbox.selectors.labels import selects

SOURCE = "replicaset-controller"
MOST_AT_ONCE = 500
# How long until it looks again whether what it did has shown.
UNSEEN = 5.0
FAILURE = "ReplicaFailure"
COUNTS = ("replicas", "fullyLabeledReplicas", "readyReplicas", "availableReplicas")


async def run_replica_sets(client: Client, informers: Informers, events: Events) -> None:
    """Run the controller until cancelled."""
    await ReplicaSets(client, informers, events).run()


class ReplicaSets:
    """One queue of ReplicaSets, fed by their own changes and by those of pods."""

    def __init__(self, client: Client, informers: Informers, events: Events) -> None:
        self._client = client
        self._sets, self._pods = informers.of(REPLICA_SETS), informers.of(PODS)
        self._expectations = Expectations(self._pods)
        self._control = PodControl(client, events, self._expectations, SOURCE)
        self._claims = Claims(client, REPLICA_SETS, PODS)
        self._queue = WorkQueue("replicaset", self._reconcile)

    async def run(self) -> None:
        """Run until cancelled."""
        self._sets.listen(lambda _, item: self._queue.add(_key(item)))
        await self._sets.synced.wait()
        await self._pods.synced.wait()
        self._pods.listen(self._see_pod)
        await self._queue.run()

    def _see_pod(self, event: str, pod: Object) -> None:
        namespace, reference = pod["metadata"]["namespace"], controller_of(pod)
        if reference is not None:
            if reference["kind"] == "ReplicaSet":
                self._queue.add((namespace, reference["name"]))
        elif event != "DELETED":
            for item in self._sets.within(namespace):
                if _selects(item, pod):
                    self._queue.add(_key(item))

    async def _reconcile(self, key: Key) -> None:
        item = self._sets.named(*key)
        if item is None:
            return
        active = [pod for pod in self._pods.within(key[0]) if is_active(pod)]
        pods = await self._claims.claim(item, active, lambda pod: _selects(item, pod))
        if not self._expectations.are_met(key):
            self._queue.add(key, after=UNSEEN)
            await self._tell_status(item, pods, (item.get("status") or {}).get("conditions") or [])
            return
        excess = len(pods) - item["spec"].get("replicas", 1)
        failure = await self._scale(key, item, pods, excess) if "deletionTimestamp" not in item["metadata"] else None
        await self._tell_status(item, pods, _conditions(item, failure, excess))
        if failure is not None:
            raise failure

    async def _scale(self, key: Key, item: Object, pods: list[Object], excess: int) -> ApiError | None:
        try:
            if excess < 0:
                pod = pod_from(item["spec"]["template"], item)
                await slow_start(min(-excess, MOST_AT_ONCE), lambda: self._control.create(key, item, pod))
            elif excess > 0:
                for victim in choose_victims(pods, self._related(item), min(excess, MOST_AT_ONCE)):
                    await self._control.delete(key, item, victim)
        except ApiError as error:
            return error
        return None

    def _related(self, item: Object) -> list[Object]:
        """The pods of every ReplicaSet with the same owner: they crowd the same nodes."""
        owner = controller_of(item)
        family = {each["metadata"]["uid"] for each in self._sets.within(item["metadata"]["namespace"]) if _same(controller_of(each), owner)}
        family.add(item["metadata"]["uid"])
        pods = self._pods.within(item["metadata"]["namespace"])
        return [pod for pod in pods if (controller_of(pod) or {}).get("uid") in family]

    async def _tell_status(self, item: Object, pods: list[Object], conditions: list[Object]) -> None:
        status = _status(item, pods) | {"conditions": conditions}
        waits = [seconds_until_available(pod, item["spec"].get("minReadySeconds", 0)) for pod in pods]
        soon = min((each for each in waits if each), default=0.0)
        if soon:
            self._queue.add(_key(item), after=soon + 0.05)
        if _differs(item.get("status") or {}, status):
            await self._client.call("PUT", f"{path_of(REPLICA_SETS, item)}/status", {**item, "status": status})


def _key(item: Object) -> Key:
    return item["metadata"]["namespace"], item["metadata"]["name"]


def _selects(item: Object, pod: Object) -> bool:
    return selects(item["spec"]["selector"], pod["metadata"].get("labels") or {})


def _same(one: Object | None, other: Object | None) -> bool:
    return one is not None and other is not None and bool(one["uid"] == other["uid"])


def _status(item: Object, pods: list[Object]) -> Object:
    wanted = (item["spec"]["template"].get("metadata") or {}).get("labels") or {}
    least = item["spec"].get("minReadySeconds", 0)
    return {
        "replicas": len(pods),
        "fullyLabeledReplicas": sum(wanted.items() <= (pod["metadata"].get("labels") or {}).items() for pod in pods),
        "readyReplicas": sum(map(is_ready, pods)),
        "availableReplicas": sum(seconds_until_available(pod, least) == 0 for pod in pods),
        "observedGeneration": item["metadata"].get("generation", 1),
    }


def _conditions(item: Object, failure: ApiError | None, excess: int) -> list[Object]:
    before = (item.get("status") or {}).get("conditions") or []
    others = [each for each in before if each["type"] != FAILURE]
    if failure is None:
        return others
    if len(others) < len(before):
        return list(before)
    reason = "FailedCreate" if excess < 0 else "FailedDelete"
    failed = {"type": FAILURE, "status": "True", "lastTransitionTime": now(), "reason": reason, "message": failure.message}
    return [*others, failed]


def _differs(before: Object, after: Object) -> bool:
    same = all(before.get(key, 0) == after[key] for key in (*COUNTS, "observedGeneration"))
    return not same or (before.get("conditions") or []) != after["conditions"]
