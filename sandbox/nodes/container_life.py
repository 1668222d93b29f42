"""The life of one container of a pod: pulled, started, probed, restarted, until its restart policy lets it rest."""

import asyncio
import time
from collections.abc import Callable

from sandbox.nodes.backoff import BackOff
from sandbox.nodes.desk import Desk
from sandbox.nodes.environment import ConfigError, environment_of
from sandbox.nodes.images import image_id
from sandbox.nodes.pod_parts import Object, full_name
from sandbox.nodes.probes import Probes
from sandbox.nodes.pulling import Pulling
from sandbox.nodes.runtime import SIGKILLED, Exit, Run, StartError, runtime_for
from sandbox.nodes.statuses import Record
from sandbox.nodes.times import seconds_of, text_of
from sandbox.nodes.words import duration

# A kubelet looks about once a second for what has ended.
NOTICE_SECONDS = 0.3
FIRST_RETRY, LAST_RETRY = 1.0, 10.0


class ContainerLife:
    """Keeps `record` true, and says so by `touch`; `run` is what runs now. `policy` is Always, OnFailure or Never."""

    def __init__(self, desk: Desk, pod: Object, container: Object, record: Record, policy: str, touch: Callable[[], None]) -> None:
        self._desk, self.pod, self.container, self.record = desk, pod, container, record
        self._policy, self._touch = policy, touch
        self._back_off, self._pulling = BackOff(), Pulling(desk, container, record, touch)
        self._probes: Probes | None = None
        # To the moment, which the status has only to the second.
        self._ended_at = 0.0
        self.run: Run | None = None
        self.started = asyncio.Event()

    async def live(self) -> Exit:
        """Return when the container has ended and is not to be restarted."""
        how = await self._resume()
        while True:
            if how is not None:
                if not self._is_restarted(how):
                    return how
                await self._wait_for_restart()
            if self.run is None:
                await self._start()
            how = await self._watch()

    def changed(self, pod: Object) -> None:
        """The pod, or what scenarios ask of it, changed."""
        self.pod = pod
        if self._probes is not None:
            self._probes.changed.set()

    async def stop(self, grace: float) -> None:
        """End what runs; it is not restarted."""
        if self.run is not None:
            self.end(await self.run.stop(grace))

    def adopt(self) -> None:
        """Take over what a former simulator left running."""
        running = self.record.state.get("running")
        if running:
            runtime = runtime_for(self.pod, self._desk.runtimes)
            self.run = runtime.resume(self.pod, self.container, self.record.restarts, seconds_of(running["startedAt"]))

    def end(self, how: Exit) -> None:
        """Note that it has ended."""
        if self.run is None:
            return
        state = {"exitCode": how.code, "reason": how.why(), **({"message": how.message} if how.message else {})}
        self._ended_at = time.time()
        times = {"startedAt": text_of(self.run.started), "finishedAt": text_of(self._ended_at)}
        self.record.state = {"terminated": {**state, **times, "containerID": self.record.container_id}}
        self.record.ready = self.record.started = False
        self.run = None
        self._touch()

    async def _resume(self) -> Exit | None:
        """Go on from the status: adopt what runs; returns how the container ended if it has."""
        record = self.record
        first = self._desk.scenarios.of(self.pod, record.name).back_off_seconds
        begun = (record.state.get("running") or record.ended or record.last.get("terminated") or {}).get("startedAt")
        if begun is None:
            return None
        if "running" not in record.state:
            self._back_off.restore(first, record.restarts, seconds_of(begun))
        else:
            self.adopt()
            if self.run is not None:
                self._back_off.restore(first, record.restarts, seconds_of(begun))
                return None
            # It did not fail by itself: it starts again at once.
            record.state = {"terminated": _lost(begun, record.container_id)}
            record.ready = record.started = False
        ended = record.ended or record.last.get("terminated") or {}
        self._ended_at = seconds_of(ended["finishedAt"])
        return Exit(ended["exitCode"], ended.get("reason", ""))

    def _is_restarted(self, how: Exit) -> bool:
        return self._policy == "Always" or (self._policy == "OnFailure" and how.code != 0)

    async def _wait_for_restart(self) -> None:
        record, scenario = self.record, self._desk.scenarios.of(self.pod, self.record.name)
        if record.ended is not None:
            record.last = record.state
        pause = self._back_off.pause(self._ended_at)
        await asyncio.sleep(min(NOTICE_SECONDS, pause or NOTICE_SECONDS))
        if pause:
            where = full_name(self.pod)
            record.wait_for("CrashLoopBackOff", f"back-off {duration(pause)} restarting failed container={record.name} pod={where}")
            self._desk.tell(
                self.pod, "BackOff", f"Back-off restarting failed container {record.name} in pod {where}", record.name, warning=True
            )
            self._touch()
            await asyncio.sleep(max(self._ended_at + pause - time.time(), 0.0))
        self._back_off.grow(scenario.back_off_seconds, time.time())
        record.restarts += 1

    async def _start(self) -> None:
        record, name, pause = self.record, self.record.name, FIRST_RETRY
        while self.run is None:
            await self._pulling.pull(lambda: self.pod)
            try:
                environment = await environment_of(self.pod, self.container, self._desk.lookups)
                runtime = runtime_for(self.pod, self._desk.runtimes)
                self._desk.tell(self.pod, "Created", f"Created container: {name}", name)
                self.run = await runtime.start(self.pod, self.container, record.restarts, environment)
            except (ConfigError, StartError) as error:
                record.wait_for(error.reason if isinstance(error, StartError) else "CreateContainerConfigError", str(error))
                self._desk.tell(self.pod, "Failed", f"Error: {error}", name, warning=True)
                self._touch()
                await asyncio.sleep(pause)
                pause = min(pause * 2, LAST_RETRY)
        self._desk.tell(self.pod, "Started", f"Started container {name}", name)
        record.container_id, record.image_id = self.run.id, image_id(record.image)
        record.state = {"running": {"startedAt": text_of(self.run.started)}}

    async def _watch(self) -> Exit:
        """Probe what runs until it ends, by itself or because a probe asks for it."""
        if self.run is None:
            raise RuntimeError("nothing runs")
        run, record = self.run, self.record
        self._probes = Probes(self.container, run, self._note_probes, self._tell_failure, self._is_readiness_asked)
        failing = asyncio.create_task(self._probes.until_failed(started=record.started, ready=record.ready))
        waiting = asyncio.create_task(run.wait())
        try:
            self._touch()
            await asyncio.wait((failing, waiting), return_when=asyncio.FIRST_COMPLETED)
            how = await (waiting if waiting.done() else self._kill(run, failing.result()))
        finally:
            failing.cancel()
            waiting.cancel()
        self.end(how)
        return how

    async def _kill(self, run: Run, kind: str) -> Exit:
        message = f"Container {self.record.name} failed {kind} probe"
        message += "" if self._policy == "Never" else ", will be restarted"
        self._desk.tell(self.pod, "Killing", message, self.record.name)
        own = (self.container.get(f"{kind}Probe") or {}).get("terminationGracePeriodSeconds")
        return await run.stop(own if own is not None else self.pod["spec"].get("terminationGracePeriodSeconds", 30))

    def _note_probes(self, started: bool, ready: bool) -> None:
        if (self.record.started, self.record.ready) != (started, ready):
            self.record.started, self.record.ready = started, ready
            self._touch()
        if started:
            self.started.set()

    def _is_readiness_asked(self) -> bool:
        scenario = self._desk.scenarios.of(self.pod, self.record.name)
        return scenario.unready_after_seconds is not None or scenario.unready_for_seconds is not None

    def _tell_failure(self, kind: str, output: str) -> None:
        self._desk.tell(self.pod, "Unhealthy", f"{kind.capitalize()} probe failed: {output}", self.record.name, warning=True)


def _lost(started: str, container_id: str) -> Object:
    message = "The container could not be located when the pod was restarted"
    state = {"exitCode": SIGKILLED, "reason": "ContainerStatusUnknown", "message": message}
    return {**state, "startedAt": started, "finishedAt": text_of(time.time()), "containerID": container_id}
