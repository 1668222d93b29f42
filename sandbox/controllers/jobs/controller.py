"""Jobs: a queue of them, fed by their own changes and by those of their pods."""

from sandbox.client.calls import ApiError, Client, Object
from sandbox.client.events import Events
from sandbox.client.informer import Informers
from sandbox.controllers.expectations import Expectations
from sandbox.controllers.jobs.status import end_of, seconds_to_removal
from sandbox.controllers.jobs.tally import Tally
from sandbox.controllers.jobs.work import SOURCE, Pass
from sandbox.controllers.ownership import Claims, controller_of
from sandbox.controllers.paths import JOBS, PODS, path_of
from sandbox.controllers.pod_control import PodControl
from sandbox.controllers.queue import Key, WorkQueue
from sandbox.selectors.labels import selects


async def run_jobs(client: Client, informers: Informers, events: Events) -> None:
    """Run the controller until cancelled."""
    await Jobs(client, informers, events).run()


class Jobs:
    """Gives every Job its passes, and removes it when its time after the end is over."""

    def __init__(self, client: Client, informers: Informers, events: Events) -> None:
        self._client, self._events = client, events
        self._jobs, self._pods = informers.of(JOBS), informers.of(PODS)
        self._expectations, self._tally = Expectations(self._pods), Tally(client)
        self._control = PodControl(client, events, self._expectations, SOURCE)
        self._claims = Claims(client, JOBS, PODS)
        self._queue = WorkQueue("job", self._reconcile)
        # By uid: an older copy lacks what was counted last, and would have pods started once more.
        self._written: dict[str, int] = {}

    async def run(self) -> None:
        """Run until cancelled."""
        await self._jobs.synced.wait()
        await self._pods.synced.wait()
        self._jobs.listen(self._see_job)
        self._pods.listen(self._see_pod)
        await self._queue.run()

    def _see_job(self, event: str, job: Object) -> None:
        if event == "DELETED":
            self._written.pop(job["metadata"]["uid"], None)
            # Its orphans may have been seen while it was still there to select them.
            self._queue.add((job["metadata"]["namespace"], ""))
        self._queue.add(_key(job))

    def _see_pod(self, event: str, pod: Object) -> None:
        namespace, reference = pod["metadata"]["namespace"], controller_of(pod)
        if reference is not None:
            if reference["kind"] == "Job":
                self._queue.add((namespace, reference["name"]))
        elif event != "DELETED":
            choosing = [job for job in self._jobs.within(namespace) if _selects(job, pod)]
            for job in choosing:
                self._queue.add(_key(job))
            if not choosing and self._tally.is_held(pod):
                self._queue.add((namespace, ""))

    async def _reconcile(self, key: Key) -> None:
        job, pods = self._jobs.named(*key), self._pods.within(key[0])
        await self._free(pods, job, key)
        if job is None:
            return
        if end_of(job):
            await self._remove_in_time(key, job)
            return
        if int(job["metadata"]["resourceVersion"]) >= self._written.get(job["metadata"]["uid"], 0):
            await self._work(key, job, pods)

    async def _work(self, key: Key, job: Object, pods: list[Object]) -> None:
        own = await self._claims.claim(job, pods, lambda pod: _selects(job, pod))
        work = Pass(self._client, self._events, self._control, self._tally, job, own)
        try:
            soon = await work.run(self._expectations)
        finally:
            self._written[job["metadata"]["uid"]] = work.version
        if soon is not None:
            self._queue.add(key, after=soon + 0.05)

    async def _free(self, pods: list[Object], job: Object | None, key: Key) -> None:
        """Nobody counts the pods of a Job that is gone or has ended, nor (the key without a name) those that no Job owns or selects."""
        for pod in pods:
            owner = controller_of(pod)
            if owner is None and not key[1] and not any(_selects(each, pod) for each in self._jobs.within(key[0])):
                await self._tally.free(pod)
            if owner is None or (owner["kind"], owner["name"]) != ("Job", key[1]):
                continue
            if job is None or job["metadata"]["uid"] != owner["uid"] or end_of(job):
                await self._tally.free(pod)

    async def _remove_in_time(self, key: Key, job: Object) -> None:
        seconds = seconds_to_removal(job)
        if seconds is None or "deletionTimestamp" in job["metadata"]:
            return
        if seconds > 0:
            self._queue.add(key, after=seconds + 0.05)
            return
        metadata = job["metadata"]
        body = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Foreground", "preconditions": {"uid": metadata["uid"]}}
        try:
            await self._client.call("DELETE", path_of(JOBS, job), body)
        except ApiError as error:
            if error.code not in (404, 409):
                raise


def _key(item: Object) -> Key:
    return item["metadata"]["namespace"], item["metadata"]["name"]


def _selects(job: Object, pod: Object) -> bool:
    return selects(job["spec"]["selector"], pod["metadata"].get("labels") or {})
