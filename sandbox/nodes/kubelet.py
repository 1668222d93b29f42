"""The kubelets of the simulated nodes: every pod bound to one of them lives, and ends when it is deleted."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from sandbox.client.calls import ApiError, Object
from sandbox.nodes.desk import Desk
from sandbox.nodes.pod_life import PodLife
from sandbox.nodes.pod_parts import every_container

log = logging.getLogger(__name__)
Course = Callable[[], Coroutine[Any, Any, None]]
# The addresses of simulated pods: 10.244.0.0/16, without the first and the last ones of each /24.
PER_NET, NETS = 253, 256


@dataclass
class _Held:
    life: PodLife
    task: asyncio.Task[None]
    grace: int | None


class Kubelet:
    """One task per pod; whether it lives or ends follows from the pod's deletionTimestamp."""

    def __init__(self, desk: Desk, is_ours: Callable[[str], bool]) -> None:
        self._desk, self._is_ours = desk, is_ours
        self._pods: dict[str, _Held] = {}
        self._addresses: dict[str, str] = {}
        self._taken: set[str] = set()
        self._last_address = 0
        self._dropping: set[asyncio.Task[None]] = set()
        desk.scenarios.listen(self._look_again)

    def observe(self, event: str, pod: Object) -> None:
        """Take note of a pod's change."""
        uid, metadata = pod["metadata"]["uid"], pod["metadata"]
        if event == "DELETED":
            self._drop(uid)
        elif self._is_ours(pod["spec"].get("nodeName", "")):
            grace = metadata.get("deletionGracePeriodSeconds") if "deletionTimestamp" in metadata else None
            held = self._pods.get(uid)
            if held is None:
                self._take(uid, pod, grace)
            else:
                held.life.changed(pod)
                if grace is not None and grace != held.grace:
                    held.task.cancel()
                    held.task, held.grace = self._begin(held.life.end, pod), grace

    def _look_again(self) -> None:
        for held in self._pods.values():
            held.life.changed(held.life.pod)

    def _take(self, uid: str, pod: Object, grace: int | None) -> None:
        status = pod.get("status") or {}
        if "podIP" in status:
            self._addresses[uid] = status["podIP"]
            self._taken.add(status["podIP"])
            for container in every_container(pod):
                self._desk.images.add(pod["spec"]["nodeName"], container["image"])
        life = PodLife(self._desk, pod, lambda: self._new_address(uid))
        if grace is not None:
            life.adopt()
        self._pods[uid] = _Held(life, self._begin(life.live if grace is None else life.end, pod), grace)

    def _drop(self, uid: str) -> None:
        held = self._pods.pop(uid, None)
        if held is None:
            return
        held.task.cancel()
        self._taken.discard(self._addresses.pop(uid, ""))
        task = asyncio.create_task(held.life.drop())
        self._dropping.add(task)
        task.add_done_callback(self._dropping.discard)

    def _new_address(self, uid: str) -> str:
        while True:
            self._last_address += 1
            net, host = divmod(self._last_address % (NETS * PER_NET), PER_NET)
            address = f"10.244.{net}.{host + 1}"
            if address not in self._taken:
                self._addresses[uid] = address
                self._taken.add(address)
                return address

    def _begin(self, course: Course, pod: Object) -> asyncio.Task[None]:
        return asyncio.create_task(_guard(course, pod))


async def _guard(course: Course, pod: Object) -> None:
    name = f"{pod['metadata']['namespace']}/{pod['metadata']['name']}"
    try:
        await course()
    except ApiError as error:
        # 404, 409 and 422 (another uid): the pod is gone, or another one of its name is there.
        log.log(logging.DEBUG if error.code in (404, 409, 422) else logging.WARNING, "pod %s: %s", name, error)
    except Exception:
        # One pod that cannot be played must not end all others.
        log.exception("pod %s", name)
