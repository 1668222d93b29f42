"""One pass over one Job: counts what has ended, decides whether the Job has, and starts or stops pods."""

from sandbox.client.calls import Client, Object
from sandbox.client.clock import now, seconds_since
from sandbox.client.events import Events
from sandbox.controllers.expectations import Expectations
from sandbox.controllers.jobs.indexes import first_free, index_of, indexed, parse_indexes
from sandbox.controllers.jobs.status import COMPLETE, FAILED, INTERIM, SUSPENDED, condition, seconds_to_deadline, set_condition
from sandbox.controllers.jobs.tally import TRACKING, UNCOUNTED, Tally, counted, noted
from sandbox.controllers.paths import JOBS, path_of
from sandbox.controllers.pod_control import PodControl, pod_from, slow_start
from sandbox.controllers.pod_state import is_active, is_finished, is_ready, phase, restarts
from sandbox.controllers.queue import Key
from sandbox.controllers.replicasets.victims import choose_victims

SOURCE = "job-controller"
MOST_AT_ONCE = 500
FIRST_BACK_OFF, LONGEST_BACK_OFF = 10.0, 600.0
Verdict = tuple[str, str, str]
BACK_OFF_LIMIT: Verdict = (FAILED, "BackoffLimitExceeded", "Job has reached the specified backoff limit")
DEADLINE: Verdict = (FAILED, "DeadlineExceeded", "Job was active longer than specified deadline")
REACHED: Verdict = (COMPLETE, "CompletionsReached", "Reached expected number of succeeded pods")


class Pass:
    """Holds the Job as the server last answered it, and its pods."""

    def __init__(self, client: Client, events: Events, control: PodControl, tally: Tally, job: Object, pods: list[Object]) -> None:
        self._client, self._events, self._control, self._tally = client, events, control, tally
        self._job, self._pods = job, pods
        self._key: Key = (job["metadata"]["namespace"], job["metadata"]["name"])
        self._status: Object = {**(job.get("status") or {})}

    async def run(self, expectations: Expectations) -> float | None:
        """Do what is due; returns the seconds after which another pass is due in any case."""
        self._start_or_suspend()
        await self._count()
        verdict = self._verdict()
        soon = None
        if verdict is not None:
            await self._stop(self._active, free=verdict[0] == COMPLETE)
            self._conclude(verdict)
        elif "deletionTimestamp" not in self._job["metadata"]:
            soon = await self._work(expectations)
        await self._write()
        waits = [each for each in (soon, seconds_to_deadline(self._job)) if each is not None]
        return min(waits, default=None)

    @property
    def version(self) -> int:
        """The version of the Job that this pass has written or found."""
        return int(self._job["metadata"]["resourceVersion"])

    @property
    def _active(self) -> list[Object]:
        return [pod for pod in self._pods if is_active(pod)]

    @property
    def _ending(self) -> list[Object]:
        return [pod for pod in self._pods if "deletionTimestamp" in pod["metadata"] and not is_finished(pod)]

    def _start_or_suspend(self) -> None:
        before = condition(self._status, SUSPENDED)
        if self._job["spec"].get("suspend"):
            if set_condition(self._status, SUSPENDED, "JobSuspended", "Job suspended"):
                self._tell("Normal", "Suspended", "Job suspended")
            return
        if before and set_condition(self._status, SUSPENDED, "JobResumed", "Job resumed", value="False"):
            self._tell("Normal", "Resumed", "Job resumed")
            self._status["startTime"] = now()
        self._status.setdefault("startTime", now())

    async def _count(self) -> None:
        """Note, free, count: a pass that breaks off in between loses and doubles nothing."""
        ended = self._tally.ended(self._job, self._pods)
        if ended:
            self._status = noted(self._job, self._status, ended)
            noted_status = self._status
            await self._write()
            # A server that does not know the field has dropped it.
            self._status = {**self._status, UNCOUNTED: noted_status[UNCOUNTED]}
            for pod in ended:
                await self._tally.free(pod)
        if self._status.get(UNCOUNTED):
            self._status = counted(self._job, self._status, self._pods)

    def _verdict(self) -> Verdict | None:
        """How the Job ends, if it does; what was decided once stands."""
        for kind, interim in INTERIM.items():
            decided = condition(self._status, interim)
            if decided:
                return kind, decided["reason"], decided["message"]
        if self._job["spec"].get("suspend"):
            return None
        if self._has_failed_too_often():
            return BACK_OFF_LIMIT
        if seconds_to_deadline({**self._job, "status": self._status}) == 0:
            return DEADLINE
        return REACHED if self._is_complete() else None

    def _has_failed_too_often(self) -> bool:
        limit = self._job["spec"].get("backoffLimit", 6)
        if self._status.get("failed", 0) > limit:
            return True
        if self._job["spec"]["template"]["spec"].get("restartPolicy") != "OnFailure":
            return False
        repeated = sum(restarts(pod) for pod in self._pods if phase(pod) in ("Running", "Pending"))
        return repeated > 0 if limit == 0 else repeated >= limit

    def _is_complete(self) -> bool:
        wanted, succeeded = self._job["spec"].get("completions"), self._status.get("succeeded", 0)
        if wanted is None:
            return bool(succeeded and not self._active)
        return bool(succeeded >= wanted)

    def _conclude(self, verdict: Verdict) -> None:
        """Say how the Job ends, and that it has once the last of its pods is gone."""
        kind, reason, message = verdict
        set_condition(self._status, INTERIM[kind], reason, message)
        if self._active or self._ending:
            return
        set_condition(self._status, kind, reason, message)
        if kind == COMPLETE:
            self._status["completionTime"] = now()
            self._tell("Normal", "Completed", "Job completed")
        else:
            self._tell("Warning", reason, message)

    async def _work(self, expectations: Expectations) -> float | None:
        if self._job["spec"].get("suspend"):
            await self._stop(self._active, free=True)
            return None
        if not expectations.are_met(self._key):
            return 5.0
        active, wanted = self._active, self._wanted()
        if len(active) > wanted:
            await self._stop(choose_victims(active, active, len(active) - wanted), free=True)
            return None
        missing = wanted - len(active) - (len(self._ending) if self._replaces_late() else 0)
        if missing <= 0:
            return None
        delay = self._back_off()
        if delay > 0:
            return delay
        await self._start(min(missing, MOST_AT_ONCE))
        return None

    def _wanted(self) -> int:
        spec, succeeded = self._job["spec"], int(self._status.get("succeeded", 0))
        parallelism = int(spec.get("parallelism", 1))
        if spec.get("completions") is None:
            return len(self._active) if succeeded else parallelism
        return max(min(int(spec["completions"]) - succeeded, parallelism), 0)

    def _replaces_late(self) -> bool:
        return bool(self._job["spec"].get("podReplacementPolicy") == "Failed")

    def _back_off(self) -> float:
        """Seconds until a failed pod may be replaced: ten, doubled by every failure since the last success."""
        ends = sorted((_end(pod), phase(pod)) for pod in self._pods if is_finished(pod))
        failures = 0
        for _, ended_as in reversed(ends):
            if ended_as == "Succeeded":
                break
            failures += 1
        if not failures:
            return 0.0
        return max(min(FIRST_BACK_OFF * 2.0 ** (failures - 1), LONGEST_BACK_OFF) - seconds_since(ends[-1][0]), 0.0)

    async def _start(self, number: int) -> None:
        pod = pod_from(self._job["spec"]["template"], self._job)
        pod["metadata"]["finalizers"] = [*(pod["metadata"].get("finalizers") or []), TRACKING]
        pods = [pod] * number
        if self._job["spec"].get("completionMode") == "Indexed":
            taken = parse_indexes(self._status.get("completedIndexes", ""))
            taken |= {index for each in self._active if (index := index_of(each)) is not None}
            pods = [indexed(pod, self._key[1], index) for index in first_free(taken, number)]
        try:
            await slow_start(number, lambda: self._control.create(self._key, self._job, pods.pop(0)))
        finally:
            await self._write()

    async def _stop(self, pods: list[Object], *, free: bool) -> None:
        """Delete pods; those that are freed before count for nothing, the others as failed."""
        for pod in pods:
            if free:
                await self._tally.free(pod)
            await self._control.delete(self._key, self._job, pod)

    async def _write(self) -> None:
        active = self._active
        counts = {"active": len(active), "ready": sum(map(is_ready, active)), "terminating": len(self._ending)}
        status = {**self._status, **counts}
        if _shown(status) != _shown(self._job.get("status") or {}):
            item = {
                **self._job,
                "status": {key: value for key, value in status.items() if value or key in ("ready", "terminating", UNCOUNTED)},
            }
            self._job = await self._client.call("PUT", f"{path_of(JOBS, item)}/status", item)
            self._status = {**(self._job.get("status") or {})}

    def _tell(self, kind: str, reason: str, message: str) -> None:
        self._events.tell(self._job, kind, reason, message, source=SOURCE)


def _shown(status: Object) -> Object:
    return {key: value for key, value in status.items() if value}


def _end(pod: Object) -> str:
    """When the last container of a pod has ended; its creation for one that never ran."""
    statuses = (pod.get("status") or {}).get("containerStatuses") or []
    ends = [((each.get("state") or {}).get("terminated") or {}).get("finishedAt") for each in statuses]
    return str(max(filter(None, ends), default=pod["metadata"]["creationTimestamp"]))
