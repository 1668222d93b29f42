"""The kubelets of the simulated nodes: every pod bound to one of them lives, and ends when it is deleted."""

import asyncio
import logging
from collections.abc import Callable

from sandbox.simulate import statuses
from sandbox.simulate.client import STRATEGIC, ApiError, Client, Object
from sandbox.simulate.clock import now
from sandbox.simulate.events import Events
from sandbox.simulate.informer import UNREACHABLE
from sandbox.simulate.scenario import Scenario, scenario_of

log = logging.getLogger("sandbox.simulate")
RETRY = 1.0


class Kubelet:
    """One task per pod; which of the two lives it is (running, ending) follows from the pod's deletionTimestamp."""

    def __init__(self, client: Client, events: Events, is_ours: Callable[[str], bool]) -> None:
        self._client, self._events, self._is_ours = client, events, is_ours
        self._lives: dict[str, tuple[bool, asyncio.Task[None]]] = {}
        self._addresses = 0

    def observe(self, event: str, pod: Object) -> None:
        """Take note of a pod's change."""
        uid, is_ending = pod["metadata"]["uid"], "deletionTimestamp" in pod["metadata"]
        if event == "DELETED":
            self._stop(uid)
        elif not self._is_ours(pod["spec"].get("nodeName", "")):
            return
        elif uid not in self._lives or (is_ending and not self._lives[uid][0]):
            self._stop(uid)
            life = self._end(pod) if is_ending else self._live(pod)
            self._lives[uid] = is_ending, asyncio.create_task(self._guard(life, pod))

    def _stop(self, uid: str) -> None:
        life = self._lives.pop(uid, None)
        if life is not None:
            life[1].cancel()

    async def _guard(self, life: "asyncio.Future[None] | object", pod: Object) -> None:
        try:
            await life  # type: ignore[misc]
        except ApiError as error:
            # 404, 409 and 422 (another uid): the pod is gone, or another one of its name is there.
            level = logging.DEBUG if error.code in (404, 409, 422) else logging.WARNING
            log.log(level, "pod %s: %s", pod["metadata"]["name"], error)

    async def _live(self, pod: Object) -> None:
        phase, plan = (pod.get("status") or {}).get("phase", "Pending"), scenario_of(pod)
        if phase in ("Succeeded", "Failed"):
            return
        restarts, started = _progress(pod)
        if started is None:
            await self._patch(pod, statuses.creating(pod, "10.250.0.1"))
            await asyncio.sleep(plan.start_seconds)
            started = await self._start(pod, 0, None)
        await self._run(pod, plan, restarts, started)

    async def _run(self, pod: Object, plan: Scenario, restarts: int, started: str) -> None:
        while plan.run_seconds is not None:
            await asyncio.sleep(plan.run_seconds)
            policy = pod["spec"].get("restartPolicy", "Always")
            if policy == "Never" or (policy == "OnFailure" and plan.exit_code == 0):
                await self._patch(pod, statuses.ended(pod, plan.exit_code, started, restarts))
                return
            last, restarts = statuses.terminated(pod, plan.exit_code, started), restarts + 1
            await self._back_off(pod, last, restarts, plan)
            started = await self._start(pod, restarts, {"terminated": last})

    async def _start(self, pod: Object, restarts: int, last: Object | None) -> str:
        for container in [*(pod["spec"].get("initContainers") or []), *pod["spec"]["containers"]]:
            name = container["name"]
            self._tell(pod, "Pulled", f'Container image "{container["image"]}" already present on machine', name)
            self._tell(pod, "Created", f"Created container: {name}", name)
            self._tell(pod, "Started", f"Started container {name}", name)
        self._addresses += 1
        address = (pod.get("status") or {}).get("podIP") or f"10.244.{self._addresses // 250 % 250}.{self._addresses % 250 + 2}"
        await self._patch(pod, statuses.running(pod, address, restarts, last))
        return now()

    async def _back_off(self, pod: Object, last: Object, restarts: int, plan: Scenario) -> None:
        seconds, metadata = plan.back_off_after(restarts), pod["metadata"]
        await self._patch(pod, statuses.backing_off(pod, last, restarts, round(seconds)))
        for container in pod["spec"]["containers"]:
            where = f"{metadata['name']}_{metadata['namespace']}({metadata['uid']})"
            message = f"Back-off restarting failed container {container['name']} in pod {where}"
            self._tell(pod, "BackOff", message, container["name"], kind="Warning")
        await asyncio.sleep(seconds)

    async def _end(self, pod: Object) -> None:
        for container in pod["spec"]["containers"]:
            self._tell(pod, "Killing", f"Stopping container {container['name']}", container["name"])
        grace = pod["metadata"].get("deletionGracePeriodSeconds") or 0
        await asyncio.sleep(min(scenario_of(pod).stop_seconds, grace))
        preconditions = {"uid": pod["metadata"]["uid"]}
        body = {"apiVersion": "v1", "kind": "DeleteOptions", "gracePeriodSeconds": 0, "preconditions": preconditions}
        await self._persist("DELETE", _path(pod), body, "application/json")

    async def _patch(self, pod: Object, patch: Object) -> None:
        answer = await self._persist("PATCH", f"{_path(pod)}/status", patch, STRATEGIC)
        pod["status"] = answer.get("status", {})

    async def _persist(self, method: str, path: str, body: Object, content_type: str) -> Object:
        """Call until the server has answered; only its refusals are raised."""
        while True:
            try:
                return await self._client.call(method, path, body, content_type=content_type)
            except ApiError as error:
                if error.code not in (429, 500, 503, 504):
                    raise
                log.info("%s %s: %s; trying again", method, path, error)
            except UNREACHABLE as error:
                log.info("%s %s: %s; trying again", method, path, error)
            await asyncio.sleep(RETRY)

    def _tell(self, pod: Object, reason: str, message: str, container: str, *, kind: str = "Normal") -> None:
        field = f"spec.containers{{{container}}}"
        self._events.tell(pod, kind, reason, message, source="kubelet", host=pod["spec"]["nodeName"], field=field)


def _path(pod: Object) -> str:
    return f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/{pod['metadata']['name']}"


def _progress(pod: Object) -> tuple[int, str | None]:
    """How often the pod was restarted and since when it runs; None if it has not started, as after a restart of the simulator."""
    containers = (pod.get("status") or {}).get("containerStatuses") or []
    if not containers:
        return 0, None
    state = containers[0].get("state") or {}
    return containers[0].get("restartCount", 0), (state.get("running") or {}).get("startedAt")
