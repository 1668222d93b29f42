"""CronJobs: start a Job whenever the schedule says so, and clear old ones away."""

import logging
from datetime import UTC, datetime
from zoneinfo import ZoneInfoNotFoundError

from sandbox.client.calls import ApiError, Client, Object
from sandbox.client.discovery import serves
from sandbox.client.events import Events
from sandbox.client.informer import Informers
from sandbox.controllers.cronjobs.jobs import job_for, last_success, reference, shown, superfluous
from sandbox.controllers.cronjobs.timing import Timing, is_too_late, timing_of
from sandbox.controllers.jobs.status import end_of
from sandbox.controllers.ownership import controller_of, is_controlled_by
from sandbox.controllers.paths import CRON_JOBS, JOBS, path_of, within
from sandbox.controllers.queue import Key, WorkQueue
from sandbox.schedule import ScheduleError

log = logging.getLogger(__name__)
SOURCE = "cronjob-controller"
MANY = "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew"
BUSY = "Not starting job because prior execution is running and concurrency policy is Forbid"


async def run_cron_jobs(client: Client, informers: Informers, events: Events) -> None:
    """Run the controller until cancelled; ends at once where the server has no CronJobs of today."""
    if await serves(client, "batch", "v1", "cronjobs"):
        await CronJobs(client, informers, events).run()
    else:
        log.warning("this API server serves no CronJobs in batch/v1: none will run")


class CronJobs:
    """Looks at a CronJob when it or one of its Jobs changes, and when it is due."""

    def __init__(self, client: Client, informers: Informers, events: Events) -> None:
        self._client, self._events = client, events
        self._crons, self._jobs = informers.of(CRON_JOBS), informers.of(JOBS)
        self._queue = WorkQueue("cronjob", self._reconcile)

    async def run(self) -> None:
        """Run until cancelled."""
        await self._crons.synced.wait()
        await self._jobs.synced.wait()
        self._crons.listen(lambda _, item: self._queue.add((item["metadata"]["namespace"], item["metadata"]["name"])))
        self._jobs.listen(self._see_job)
        await self._queue.run()

    def _see_job(self, event: str, job: Object) -> None:
        owner = controller_of(job)
        if owner is not None and owner["kind"] == "CronJob":
            self._queue.add((job["metadata"]["namespace"], owner["name"]))

    async def _reconcile(self, key: Key) -> None:
        cron = self._crons.named(*key)
        if cron is None:
            return
        jobs = [job for job in self._jobs.within(key[0]) if is_controlled_by(job, cron)]
        cron = await self._write(cron, await self._seen(cron, jobs))
        for job in superfluous(cron, jobs):
            await self._delete(cron, job)
        if "deletionTimestamp" in cron["metadata"] or cron["spec"].get("suspend"):
            return
        now = datetime.now(UTC)
        timing = self._timing(cron, now)
        if timing is None:
            return
        if timing.due is not None:
            await self._start(cron, timing, timing.due, now)
        self._queue.add(key, after=max((timing.following - datetime.now(UTC)).total_seconds(), 0) + 0.1)

    def _timing(self, cron: Object, now: datetime) -> Timing | None:
        try:
            return timing_of(cron, now)
        except ScheduleError as error:
            text = f'unparseable schedule: "{cron["spec"]["schedule"]}" : {error}'
            self._tell(cron, "Warning", "UnparseableSchedule", text)
        except (ZoneInfoNotFoundError, ValueError):
            self._tell(cron, "Warning", "UnknownTimeZone", f'invalid timeZone: "{cron["spec"].get("timeZone")}"')
        return None

    async def _seen(self, cron: Object, jobs: list[Object]) -> Object:
        """The status with the Jobs that still run, and the last success."""
        status: Object = {**(cron.get("status") or {})}
        by_uid = {job["metadata"]["uid"]: job for job in jobs}
        active = []
        for each in status.get("active") or []:
            job = by_uid.get(each["uid"]) or await self._find(cron, each)
            if job is None:
                self._tell(cron, "Warning", "MissingJob", f"Active job went missing: {each['name']}")
            elif end := end_of(job):
                self._tell(cron, "Normal", "SawCompletedJob", f"Saw completed job: {each['name']}, condition: {end['type']}")
            else:
                active.append(each)
        status["active"] = active
        success = max(last_success(jobs), status.get("lastSuccessfulTime") or "")
        return status | ({"lastSuccessfulTime": success} if success else {})

    async def _find(self, cron: Object, listed: Object) -> Object | None:
        """Asked of the server: a Job that was just made may not be among the copies yet."""
        try:
            job = await self._client.call("GET", within(JOBS, cron["metadata"]["namespace"], listed["name"]))
        except ApiError as error:
            if error.code == 404:
                return None
            raise
        return job if job["metadata"]["uid"] == listed["uid"] else None

    async def _start(self, cron: Object, timing: Timing, due: datetime, now: datetime) -> None:
        status = {**(cron.get("status") or {})}
        active = status.get("active") or []
        if timing.has_missed_many:
            self._tell(cron, "Warning", "TooManyMissedTimes", MANY)
        if is_too_late(cron, due, now):
            self._tell(cron, "Warning", "MissSchedule", f"Missed scheduled time to start a job: {due.strftime('%a, %d %b %Y %H:%M:%S %z')}")
            return
        if active and cron["spec"]["concurrencyPolicy"] == "Forbid":
            self._tell(cron, "Normal", "JobAlreadyActive", BUSY)
            return
        if active and cron["spec"]["concurrencyPolicy"] == "Replace":
            for each in active:
                await self._delete(cron, {"metadata": {**each, "namespace": cron["metadata"]["namespace"]}})
            active = []
        job = await self._create(cron, job_for(cron, due))
        active = [*active, reference(job)] if job and not end_of(job) else active
        await self._write(cron, {**status, "active": active, "lastScheduleTime": shown(due)})

    async def _create(self, cron: Object, job: Object) -> Object | None:
        place, name = within(JOBS, cron["metadata"]["namespace"]), job["metadata"]["name"]
        try:
            created = await self._client.call("POST", place, job)
        except ApiError as error:
            if error.code == 409:
                found = await self._client.call("GET", f"{place}/{name}")
                return found if is_controlled_by(found, cron) else None
            self._tell(cron, "Warning", "FailedCreate", f"Error creating job: {error.message}")
            raise
        self._tell(cron, "Normal", "SuccessfulCreate", f"Created job {name}")
        return created

    async def _delete(self, cron: Object, job: Object) -> None:
        body: Object = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background"}
        body |= {"preconditions": {"uid": job["metadata"]["uid"]}}
        try:
            await self._client.call("DELETE", path_of(JOBS, job), body)
        except ApiError as error:
            if error.code in (404, 409):
                return
            self._tell(cron, "Warning", "FailedDelete", f"Deleted job: {error.message}")
            raise
        self._tell(cron, "Normal", "SuccessfulDelete", f"Deleted job {job['metadata']['name']}")

    async def _write(self, cron: Object, status: Object) -> Object:
        kept = {key: value for key, value in status.items() if value}
        if kept == {key: value for key, value in (cron.get("status") or {}).items() if value}:
            return cron
        return await self._client.call("PUT", f"{path_of(CRON_JOBS, cron)}/status", {**cron, "status": kept})

    def _tell(self, cron: Object, kind: str, reason: str, message: str) -> None:
        self._events.tell(cron, kind, reason, message, source=SOURCE)
