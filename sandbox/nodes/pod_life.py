"""The life of one pod on its node: volumes, init containers, containers, its end and its deletion."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

from sandbox.client.calls import STRATEGIC
from sandbox.client.clock import now
from sandbox.nodes import statuses
from sandbox.nodes.address import machine_address
from sandbox.nodes.container_life import ContainerLife
from sandbox.nodes.desk import Desk
from sandbox.nodes.pod_parts import INIT, MAIN, Object, is_sidecar, path_of
from sandbox.nodes.runtime import Exit, Runtime, runtime_for
from sandbox.nodes.times import seconds_of
from sandbox.nodes.volumes import mount_problem

FIRST_RETRY, LAST_RETRY = 0.5, 10.0
OWN = ("Ready", "ContainersReady")
DEADLINE = "Pod was active on the node longer than the specified deadline"


class PodLife:
    """Keeps the pod's status true; `address` gives simulated pods theirs."""

    def __init__(self, desk: Desk, pod: Object, address: Callable[[], str]) -> None:
        self._desk, self.pod, self._new_address = desk, pod, address
        status = pod.get("status") or {}
        self._records = statuses.records_of(pod)
        if not all(runtime.remembers(pod) for runtime in self._runtimes()):
            self._start_over()
        self._conditions: list[Object] = status.get("conditions") or []
        self._extra = {key: status[key] for key in ("startTime", "podIP", "podIPs", "hostIP") if key in status}
        self._final: Object = {}
        self._dirty = asyncio.Event()
        self._written: Object = {}
        self._version = int(pod["metadata"]["resourceVersion"])
        policy = pod["spec"].get("restartPolicy", "Always")
        self._lives = {record.name: self._life(record, policy) for record in self._records}

    async def live(self) -> None:
        """Live until the pod is done; raises ApiError when the server refuses what is written of it."""
        if (self.pod.get("status") or {}).get("phase") in statuses.TERMINAL:
            return
        self._extra.setdefault("startTime", now())
        self._extra.setdefault("hostIP", machine_address())
        writer = asyncio.create_task(self._write_changes())
        course = asyncio.create_task(self._within_deadline())
        try:
            await asyncio.wait((writer, course), return_when=asyncio.FIRST_COMPLETED)
            for task in (writer, course):
                if task.done():
                    task.result()
        finally:
            writer.cancel()
            course.cancel()
        await self._write()

    async def end(self) -> None:
        """End the pod as its deletion asks, then take it out of the API."""
        if any(life.run is not None for life in self._lives.values()):
            await self._stop_all(self.pod["metadata"].get("deletionGracePeriodSeconds") or 0)
            failed = any(record.ended and record.ended["exitCode"] for record in self._records if not record.is_init)
            self._final = {"phase": "Failed" if failed else "Succeeded"}
            await self._write()
        preconditions = {"uid": self.pod["metadata"]["uid"]}
        body = {"apiVersion": "v1", "kind": "DeleteOptions", "gracePeriodSeconds": 0, "preconditions": preconditions}
        await self._desk.persist(self.pod, "DELETE", path_of(self.pod), body)

    async def drop(self) -> None:
        """The pod is gone from the API: end what still runs, keep nothing."""
        await asyncio.gather(*(life.stop(0) for life in self._lives.values()))
        for runtime in self._runtimes():
            runtime.forget(self.pod)

    def changed(self, pod: Object) -> None:
        """The pod, or what scenarios ask of it, changed."""
        self.pod = pod
        if int(pod["metadata"]["resourceVersion"]) > self._version:
            self._reconcile(pod)
        for runtime in self._runtimes():
            runtime.changed(pod)
        for life in self._lives.values():
            life.changed(pod)
        self._dirty.set()

    def _reconcile(self, pod: Object) -> None:
        """Somebody else wrote after us: if that was our part of the status, such as a silent node's pods as not ready, write it again."""
        shown = {each["type"]: each["status"] for each in (pod.get("status") or {}).get("conditions") or []}
        if any(shown.get(each["type"]) != each["status"] for each in self._conditions if each["type"] in OWN):
            self._conditions, self._written = (pod.get("status") or {}).get("conditions") or [], {}

    def adopt(self) -> None:
        """Take over what a former simulator left running, so that it can be ended."""
        for life in self._lives.values():
            life.adopt()

    def _start_over(self) -> None:
        """What init containers left is gone: they run again, as after a reboot."""
        for record in self._records:
            if record.is_init and not record.is_sidecar:
                record.wait_for("PodInitializing")
                record.last = {}

    def _life(self, record: statuses.Record, policy: str) -> ContainerLife:
        container = next(each for part in (INIT, MAIN) for each in self.pod["spec"].get(part) or [] if each["name"] == record.name)
        if record.is_init:
            policy = "Always" if record.is_sidecar else "Never" if policy == "Never" else "OnFailure"
        return ContainerLife(self._desk, self.pod, container, record, policy, self._dirty.set)

    def _runtimes(self) -> list[Runtime]:
        return [runtime_for(self.pod, self._desk.runtimes)]

    async def _within_deadline(self) -> None:
        limit = self.pod["spec"].get("activeDeadlineSeconds")
        left = None if limit is None else max(seconds_of(self._extra["startTime"]) + limit - time.time(), 0.0)
        try:
            async with asyncio.timeout(left):
                await self._run_course()
        except TimeoutError:
            self._desk.tell(self.pod, "DeadlineExceeded", DEADLINE)
            await self._stop_all(self.pod["spec"].get("terminationGracePeriodSeconds", 30))
            self._final = {"phase": "Failed", "reason": "DeadlineExceeded", "message": DEADLINE}

    async def _run_course(self) -> None:
        if "podIP" not in self._extra:
            await self._prepare()
        sidecars: list[asyncio.Task[Exit]] = []
        try:
            if await self._initialize(sidecars):
                await _together([self._lives[each["name"]].live() for each in self.pod["spec"][MAIN]])
        finally:
            for task in sidecars:
                task.cancel()
        await self._stop(sidecar=True, grace=self.pod["spec"].get("terminationGracePeriodSeconds", 30))

    async def _initialize(self, sidecars: list[asyncio.Task[Exit]]) -> bool:
        """Run the init containers one after the other; those that stay are added to `sidecars`. False if one failed for good."""
        for container in self.pod["spec"].get(INIT) or []:
            life = self._lives[container["name"]]
            if is_sidecar(container):
                sidecars.append(asyncio.create_task(life.live()))
                await life.started.wait()
            elif not life.record.is_done and (await life.live()).code:
                return False
        return True

    async def _prepare(self) -> None:
        self._dirty.set()
        pause = FIRST_RETRY
        while problem := await mount_problem(self.pod, self._desk.lookups):
            self._desk.tell(self.pod, "FailedMount", problem, warning=True)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LAST_RETRY)
        await asyncio.sleep(self._desk.scenarios.of_pod(self.pod).start_seconds)
        own = next((address for runtime in self._runtimes() if (address := runtime.address(self.pod))), None)
        host = machine_address() if self.pod["spec"].get("hostNetwork") else None
        address = own or host or self._new_address()
        self._extra |= {"podIP": address, "podIPs": [{"ip": address}]}

    async def _stop_all(self, grace: float) -> None:
        """The containers first, then their sidecars."""
        begun = time.monotonic()
        for sidecar in (False, True):
            await self._stop(sidecar=sidecar, grace=max(grace - (time.monotonic() - begun), 0.0))

    async def _stop(self, *, sidecar: bool, grace: float) -> None:
        running = [life for life in self._lives.values() if life.run is not None and life.record.is_sidecar == sidecar]
        for life in running:
            self._desk.tell(self.pod, "Killing", f"Stopping container {life.record.name}", life.record.name)
        await asyncio.gather(*(life.stop(grace) for life in running))

    async def _write_changes(self) -> None:
        while True:
            await self._dirty.wait()
            self._dirty.clear()
            await self._write()

    async def _write(self) -> None:
        """A strategic patch of the status that only fits this very pod."""
        phase = self._final.get("phase") or statuses.phase_of(self._records, self.pod["spec"].get("restartPolicy", "Always"))
        status = statuses.status(self.pod, self._records, phase, self._extra, self._conditions) | self._final
        notes = {key: value for runtime in self._runtimes() for key, value in runtime.annotations(self.pod).items()}
        patch = {"metadata": {"uid": self.pod["metadata"]["uid"], "annotations": notes}, "status": status}
        if patch == self._written:
            return
        self._conditions = status["conditions"]
        answer = await self._desk.persist(self.pod, "PATCH", f"{path_of(self.pod)}/status", patch, STRATEGIC)
        self._version = int(answer["metadata"]["resourceVersion"])
        # Only now: a write that was interrupted is done again.
        self._written = patch


async def _together(courses: list[Coroutine[Any, Any, Exit]]) -> None:
    """Run all of them; what one raises, or a cancellation, ends the others."""
    tasks = [asyncio.create_task(course) for course in courses]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
