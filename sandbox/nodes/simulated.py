"""The runtime of containers that only seem to run: all that shows of them follows from their scenario and the time."""

import asyncio
import hashlib
import time
from collections.abc import Sequence

from sandbox.nodes.pod_parts import container_of, status_of
from sandbox.nodes.pools import SIMULATED
from sandbox.nodes.runtime import SIGKILLED, Consumption, Exit, LogLine, Object, Run
from sandbox.nodes.scenario import Scenario
from sandbox.nodes.scenarios import Scenarios
from sandbox.nodes.simulated_output import consumption, log_lines
from sandbox.nodes.times import seconds_of


class SimulatedRuntime:
    """Knows every image. Keeps nothing but the containers that run: after a restart it goes on from the pods' statuses."""

    def __init__(self, scenarios: Scenarios) -> None:
        self._scenarios = scenarios
        self._runs: dict[str, dict[str, SimulatedRun]] = {}

    def knows(self, image: str) -> bool:
        """Every image."""
        return True

    async def start(self, pod: Object, container: Object, attempt: int, environment: dict[str, str]) -> Run:
        """Start it now."""
        return self._run(pod, container, attempt, time.time())

    def remembers(self, pod: Object) -> bool:
        """They leave nothing."""
        return True

    def resume(self, pod: Object, container: Object, attempt: int, started: float) -> Run | None:
        """It runs on as if nothing had been."""
        return self._run(pod, container, attempt, started)

    def address(self, pod: Object) -> str | None:
        """Nothing listens, so any address will do."""
        return None

    def annotations(self, pod: Object) -> dict[str, str]:
        """The one that says that the pod is simulated."""
        return {SIMULATED: "true"}

    def changed(self, pod: Object) -> None:
        """Let the pod's containers look again at what they are to do."""
        for run in self._runs.get(pod["metadata"]["uid"], {}).values():
            run.adapt(self._scenarios.of(pod, run.name))

    def forget(self, pod: Object) -> None:
        """Drop its containers."""
        self._runs.pop(pod["metadata"]["uid"], None)

    def logs(self, pod: Object, container: str, *, previous: bool = False) -> Sequence[LogLine]:
        """What a program with this scenario would have written between its start and its end, or now."""
        status = status_of(pod, container)
        ended = (status.get("lastState" if previous else "state") or {}).get("terminated")
        if previous:
            state, attempt = ended, status.get("restartCount", 1) - 1
        else:
            # A container that waits for its restart still shows what it wrote last.
            ended = ended or ((status.get("lastState") or {}).get("terminated") if "waiting" in (status.get("state") or {}) else None)
            state, attempt = ended or (status.get("state") or {}).get("running"), status.get("restartCount", 0)
        if not state:
            return []
        image, scenario = container_of(pod, container)["image"], self._scenarios.of(pod, container)
        return log_lines(container, image, attempt, scenario, seconds_of(state["startedAt"]), ended)

    def consumption(self, pod: Object, container: str) -> Consumption:
        """As its scenario has it; without one, a part of what it requests."""
        running = (status_of(pod, container).get("state") or {}).get("running")
        if not running:
            return Consumption(0.0, 0)
        age = time.time() - seconds_of(running["startedAt"])
        return consumption(container_of(pod, container), self._scenarios.of(pod, container), age)

    def _run(self, pod: Object, container: Object, attempt: int, started: float) -> "SimulatedRun":
        uid, name = pod["metadata"]["uid"], container["name"]
        limited = "memory" in ((container.get("resources") or {}).get("limits") or {})
        run = SimulatedRun(name, _id(uid, name, attempt), started, self._scenarios.of(pod, name), has_memory_limit=limited)
        self._runs.setdefault(uid, {})[name] = run
        return run


class SimulatedRun:
    """One container's run; its scenario may change while it runs."""

    def __init__(self, name: str, run_id: str, started: float, scenario: Scenario, *, has_memory_limit: bool) -> None:
        self.name, self.id, self.started = name, run_id, started
        self._has_memory_limit = has_memory_limit
        self._exit: asyncio.Future[Exit] = asyncio.get_running_loop().create_future()
        self._timer: asyncio.TimerHandle | None = None
        self.adapt(scenario)

    def adapt(self, scenario: Scenario) -> None:
        """Do from now on what this scenario says."""
        self._scenario = scenario
        if self._timer is not None:
            self._timer.cancel()
        end = scenario.end(has_memory_limit=self._has_memory_limit)
        if end is not None and not self._exit.done():
            self._timer = asyncio.get_running_loop().call_later(max(end[0] - self._age(), 0.0), self._end, end[1])

    async def wait(self) -> Exit:
        """Return when it has ended."""
        return await asyncio.shield(self._exit)

    async def stop(self, grace: float) -> Exit:
        """End after its stop-seconds with code 0; if it hangs or is slower than the grace period, it is killed."""
        hangs = self._scenario.hangs(self._age())
        try:
            seconds = grace if hangs else min(self._scenario.stop_seconds, grace)
            return await asyncio.wait_for(self.wait(), seconds)
        except TimeoutError:
            is_killed = hangs or self._scenario.stop_seconds > grace
            self._end(Exit(SIGKILLED) if is_killed else Exit(0))
            return await self.wait()

    async def probe(self, kind: str, probe: Object) -> str:
        """It answers unless it hangs; as readiness the scenario has it."""
        if self._scenario.hangs(self._age()):
            return _timeout(probe)
        if kind == "readiness" and self._scenario.is_unready(self._age()):
            return _refusal(probe)
        return ""

    def _age(self) -> float:
        return time.time() - self.started

    def _end(self, how: Exit) -> None:
        if not self._exit.done():
            self._exit.set_result(how)


def _timeout(probe: Object) -> str:
    seconds = probe.get("timeoutSeconds", 1)
    if "exec" in probe:
        command = " ".join(probe["exec"].get("command") or [])
        return f'command timed out: "{command}" timed out after {seconds}s'
    return "context deadline exceeded (Client.Timeout exceeded while awaiting headers)"


def _refusal(probe: Object) -> str:
    if "httpGet" in probe:
        return "HTTP probe failed with statuscode: 503"
    if "grpc" in probe:
        return 'service unhealthy (responded with "NOT_SERVING")'
    return "connection refused" if "tcpSocket" in probe else "not ready"


def _id(uid: str, name: str, attempt: int) -> str:
    return "sandbox://" + hashlib.sha256(f"{uid}/{name}/{attempt}".encode()).hexdigest()
