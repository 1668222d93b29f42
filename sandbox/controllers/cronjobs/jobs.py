"""The Jobs of a CronJob: what they are called, how they are made, which of the old ones go."""

from datetime import UTC, datetime

from sandbox.client.calls import Object
from sandbox.controllers.jobs.status import end_of
from sandbox.controllers.ownership import reference_to

SCHEDULED = "batch.kubernetes.io/cronjob-scheduled-timestamp"


def job_for(cron: Object, due: datetime) -> Object:
    """The Job of one scheduled time; its name is the same however often it is tried."""
    template = cron["spec"]["jobTemplate"]
    given = template.get("metadata") or {}
    annotations = {**(given.get("annotations") or {}), SCHEDULED: due.isoformat().replace("+00:00", "Z")}
    metadata = {"name": f"{cron['metadata']['name']}-{int(due.timestamp()) // 60}", "annotations": annotations}
    metadata |= {"labels": given["labels"]} if given.get("labels") else {}
    metadata["ownerReferences"] = [reference_to(cron)]
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": template["spec"]}


def reference(job: Object) -> Object:
    """How status.active lists a Job."""
    metadata = job["metadata"]
    names = {key: metadata[key] for key in ("name", "namespace", "resourceVersion", "uid")}
    return {"apiVersion": "batch/v1", "kind": "Job", **names}


def superfluous(cron: Object, jobs: list[Object]) -> list[Object]:
    """Ended Jobs beyond the history limits, oldest first."""
    found = []
    for kind, limit in (("Complete", "successfulJobsHistoryLimit"), ("Failed", "failedJobsHistoryLimit")):
        ended = [job for job in jobs if (end_of(job) or {}).get("type") == kind]
        ended.sort(key=lambda job: ((job.get("status") or {}).get("startTime") or "", job["metadata"]["name"]))
        keep = cron["spec"].get(limit)
        found += ended[: max(len(ended) - keep, 0)] if keep is not None else []
    return [job for job in found if "deletionTimestamp" not in job["metadata"]]


def last_success(jobs: list[Object]) -> str:
    """The latest completionTime, or empty."""
    times = [(job.get("status") or {}).get("completionTime") or "" for job in jobs if (end_of(job) or {}).get("type") == "Complete"]
    return max(times, default="")


def shown(moment: datetime) -> str:
    """A time as the API writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
