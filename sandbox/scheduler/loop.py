"""A scheduler for clusters that have none: finds nodes for pending pods, and says why there is none."""

import asyncio
import json
import logging
import time

from sandbox.client.calls import Client
from sandbox.client.events import Events
from sandbox.client.informer import Informers
from sandbox.scheduler.binding import GATED, SOURCE, Writer
from sandbox.scheduler.claims import Claims, claim_names
from sandbox.scheduler.fitting import Verdict, choose
from sandbox.scheduler.preemption import Candidate, preempt, priority_of
from sandbox.scheduler.rooms import Object, Rooms
from sandbox.scheduler.waiting import Waiting

log = logging.getLogger(__name__)
PATIENCE, POLL = 4.0, 0.5
# Even if nothing seems to have changed, pods that fit nowhere are looked at again after so long.
LOOK_AGAIN = 60.0
BREATH = 50
SHAPE = ("nodeSelector", "affinity", "tolerations", "overhead", "hostNetwork", "priority", "preemptionPolicy")


class Scheduler:
    """With `active` None it takes over once pods were neither bound nor judged by anybody for a few seconds."""

    def __init__(self, client: Client, informers: Informers, events: Events, *, active: bool | None) -> None:
        self._pods, self._nodes = informers.of("/api/v1/pods"), informers.of("/api/v1/nodes")
        claims, classes = informers.of("/api/v1/persistentvolumeclaims"), informers.of("/apis/storage.k8s.io/v1/storageclasses")
        self._claims = Claims(claims, classes)
        self._writer = Writer(client, events, self._claims)
        self._active, self._may_activate = active is True, active is None
        self._rooms, self._waiting = Rooms(), Waiting()
        self._nominated: dict[str, tuple[str, Object]] = {}
        self._hopeless: dict[str, str] = {}
        self._wake = asyncio.Event()
        self._seen: dict[str, float] = {}
        self._last_sign = time.monotonic()
        self._informers = (self._pods, self._nodes, claims, classes)
        if active is not False:
            self._pods.listen(self._observe_pod)
            self._nodes.listen(self._observe_node)
            for informer in (claims, classes):
                informer.listen(lambda event, item: self._look_again())

    async def run(self) -> None:
        """Schedule until cancelled."""
        for informer in self._informers if self._active or self._may_activate else ():
            await informer.synced.wait()
        while self._active or self._may_activate:
            self._wake.clear()
            if self._active or self._nobody_schedules():
                await self._round()
            try:
                await asyncio.wait_for(self._wake.wait(), LOOK_AGAIN if self._active else POLL)
            except TimeoutError:
                self._waiting.unpark()

    def _observe_node(self, event: str, node: Object) -> None:
        room = self._rooms.named(node["metadata"]["name"])
        before = (room.known, room.labels, room.taints, room.unschedulable, room.allocatable)
        if event == "DELETED":
            room.known = False
        else:
            room.describe(node)
        if before != (room.known, room.labels, room.taints, room.unschedulable, room.allocatable):
            self._look_again()

    def _observe_pod(self, event: str, pod: Object) -> None:
        uid, node = pod["metadata"]["uid"], pod["spec"].get("nodeName")
        is_over = event == "DELETED" or (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed")
        if node or is_over or "deletionTimestamp" in pod["metadata"]:
            self._forget(uid)
        if is_over:
            if self._rooms.remove(uid):
                self._look_again()
        elif node:
            self._rooms.place(pod, node)
        elif self._rooms.node_of(uid) is None and "deletionTimestamp" not in pod["metadata"]:
            self._note_pending(pod)

    def _note_pending(self, pod: Object) -> None:
        uid, status = pod["metadata"]["uid"], pod.get("status") or {}
        if pod["spec"].get("schedulerName", SOURCE) != SOURCE:
            return
        if status.get("nominatedNodeName"):
            self._nominated.setdefault(uid, (status["nominatedNodeName"], pod))
        self._seen.setdefault(uid, time.monotonic())
        if _scheduled(pod):
            self._last_sign = time.monotonic()
        if self._waiting.note(pod):
            self._wake.set()

    def _forget(self, uid: str) -> None:
        self._waiting.drop(uid)
        if self._seen.pop(uid, None) is not None:
            self._last_sign = time.monotonic()
        if self._nominated.pop(uid, None):
            self._look_again()

    def _look_again(self) -> None:
        """Something changed that may help pods that fitted nowhere."""
        self._hopeless.clear()
        if self._waiting.unpark():
            self._wake.set()

    def _nobody_schedules(self) -> bool:
        """Whether no scheduler showed itself for some time in which it had something to do."""
        moment = time.monotonic() - PATIENCE
        waiting = [pod for uid, pod in self._waiting.active.items() if self._seen.get(uid, moment) < moment and not _scheduled(pod)]
        if waiting and self._last_sign < moment:
            log.warning("nobody schedules pods in this cluster: the simulator does it from now on")
            self._active = True
        return self._active

    async def _round(self) -> None:
        for number, pod in enumerate(self._waiting.ordered(), 1):
            if pod["metadata"]["uid"] in self._waiting.active:
                self._schedule(pod)
            if number % BREATH == 0:
                await asyncio.sleep(0)

    def _schedule(self, pod: Object) -> None:
        uid = pod["metadata"]["uid"]
        if pod["spec"].get("schedulingGates"):
            self._waiting.park(pod)
            if _scheduled(pod).get("reason") != GATED["reason"]:
                self._writer.soon(pod, self._writer.hold_back(pod))
            return
        shape = _shape(pod)
        if shape in self._hopeless and not claim_names(pod):
            self._refuse(pod, self._hopeless[shape])
            return
        rooms = self._rooms.all()
        problem = self._claims.problem(pod)
        others = [nominee for key, nominee in self._nominated.items() if key != uid]
        promised = [(node, other) for node, other in others if priority_of(other) >= priority_of(pod)]
        verdict = Verdict(general=problem, count=len(rooms)) if problem and rooms else choose(pod, rooms, promised)
        if verdict.node is not None:
            self._assign(pod, verdict.node)
            return
        result = preempt(pod, rooms, verdict) if rooms else ""
        if isinstance(result, Candidate):
            self._make_room(pod, verdict, result)
            return
        message = verdict.message(result)
        if uid not in self._nominated and not problem:
            self._hopeless[shape] = message
        self._refuse(pod, message)

    def _assign(self, pod: Object, node: str) -> None:
        uid = pod["metadata"]["uid"]
        self._waiting.drop(uid)
        self._rooms.place(pod, node)
        task = self._writer.soon(pod, self._writer.bind(pod, node))
        task.add_done_callback(lambda done: None if done.cancelled() or done.result() else self._give_back(uid))

    def _give_back(self, uid: str) -> None:
        """The binding failed: see what became of the pod, and try again in a while."""
        self._rooms.remove(uid)
        self._look_again()
        pod = self._pods.objects.get(uid)
        if pod is not None:
            asyncio.get_running_loop().call_later(1.0, lambda: self._observe_pod("MODIFIED", self._pods.objects.get(uid, pod)))

    def _make_room(self, pod: Object, verdict: Verdict, candidate: Candidate) -> None:
        self._nominated[pod["metadata"]["uid"]] = candidate.node, pod
        self._hopeless.clear()
        self._refuse(pod, verdict.message(), candidate.node)
        for victim in candidate.victims:
            self._writer.soon(victim, self._writer.evict(victim, pod, candidate))

    def _refuse(self, pod: Object, message: str, nominated: str | None = None) -> None:
        self._waiting.park(pod)
        if _scheduled(pod).get("message") != message or nominated is not None:
            self._writer.soon(pod, self._writer.refuse(pod, message, nominated))


def _scheduled(pod: Object) -> Object:
    conditions = (pod.get("status") or {}).get("conditions") or []
    return next((each for each in conditions if each["type"] == "PodScheduled"), {})


def _shape(pod: Object) -> str:
    """Equal for pods that fit on the same nodes."""
    spec = pod["spec"]
    shape: Object = {key: spec.get(key) for key in SHAPE}
    for part in ("containers", "initContainers"):
        shape[part] = [(each.get("resources"), each.get("ports"), each.get("restartPolicy")) for each in spec.get(part) or []]
    return json.dumps(shape, sort_keys=True)
