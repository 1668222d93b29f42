"""What every running container uses now, and how much processor time it has used since it was first seen."""

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

from sandbox.client.informer import Informer
from sandbox.nodes.runtime import Consumption, Object, Runtime

EVERY = 5.0
IDLE = Consumption(0.0, 0)


class ContainerUse(NamedTuple):
    """One container; `seconds` of processor time in all."""

    name: str
    cpu: float
    memory: int
    seconds: float
    started: float


class PodUse(NamedTuple):
    """A running pod and its containers."""

    pod: Object
    containers: list[ContainerUse]


class Usage:
    """Asks the runtimes every few seconds."""

    def __init__(self, pods: Informer, is_ours: Callable[[str], bool], runtime_for: Callable[[Object], Runtime]) -> None:
        self._pods, self.is_ours, self._runtime_for = pods, is_ours, runtime_for
        self._seconds: dict[tuple[str, str], tuple[float, float]] = {}
        self._at = time.time()

    async def run(self) -> None:
        """Sample until cancelled."""
        while True:
            await asyncio.sleep(EVERY)
            self._sample()

    def of(self, pod: Object) -> PodUse:
        """What a pod's running containers use now."""
        runtime, uid = self._runtime_for(pod), pod["metadata"]["uid"]
        running = [
            each["name"] for each in (pod.get("status") or {}).get("containerStatuses") or [] if "running" in (each.get("state") or {})
        ]
        return PodUse(pod, [self._use(uid, name, runtime.consumption(pod, name)) for name in running])

    def running(self, node: str = "") -> Iterator[PodUse]:
        """The running pods of a simulated node, or of all of them."""
        for pod in list(self._pods.objects.values()):
            on = pod["spec"].get("nodeName", "")
            is_running = (pod.get("status") or {}).get("phase") == "Running"
            if is_running and self.is_ours(on) and node in ("", on):
                yield self.of(pod)

    def _use(self, uid: str, name: str, now: Consumption) -> ContainerUse:
        seconds, since = self._seconds.get((uid, name), (0.0, time.time()))
        return ContainerUse(name, now.cpu, now.memory, seconds, since)

    def _sample(self) -> None:
        at, before = time.time(), self._seconds
        passed, self._at = at - self._at, at
        self._seconds = {}
        for use in self.running():
            for each in use.containers:
                key = use.pod["metadata"]["uid"], each.name
                seconds, since = before.get(key, (0.0, at))
                self._seconds[key] = seconds + each.cpu * passed, since
