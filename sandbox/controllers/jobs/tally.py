"""Counts the pods of a Job that have ended, each exactly once: a finalizer keeps a pod until it is counted."""

from sandbox.client.calls import STRATEGIC, ApiError, Client, Object
from sandbox.controllers.jobs.indexes import format_indexes, index_of, parse_indexes
from sandbox.controllers.paths import PODS, path_of
from sandbox.controllers.pod_state import is_finished, phase

TRACKING = "batch.kubernetes.io/job-tracking"
UNCOUNTED = "uncountedTerminatedPods"


class Tally:
    """Remembers whose finalizer it took away until the copies show it."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._freed: set[str] = set()

    def is_held(self, pod: Object) -> bool:
        """Whether the pod still waits to be counted."""
        held = TRACKING in (pod["metadata"].get("finalizers") or [])
        if not held:
            self._freed.discard(pod["metadata"]["uid"])
        return held and pod["metadata"]["uid"] not in self._freed

    async def free(self, pod: Object) -> None:
        """Take the finalizer away."""
        if not self.is_held(pod):
            return
        patch = {"metadata": {"uid": pod["metadata"]["uid"], "$deleteFromPrimitiveList/finalizers": [TRACKING]}}
        try:
            await self._client.call("PATCH", path_of(PODS, pod), patch, content_type=STRATEGIC)
        except ApiError as error:
            if error.code not in (404, 409, 422):
                raise
        self._freed.add(pod["metadata"]["uid"])

    def ended(self, job: Object, pods: list[Object]) -> list[Object]:
        """The pods that have ended and are not counted yet."""
        return [pod for pod in pods if self.is_held(pod) and outcome(job, pod)]


def outcome(job: Object, pod: Object) -> str:
    """`succeeded`, `failed`, or empty for a pod that still runs; one that is deleted while it runs counts as failed."""
    if is_finished(pod):
        return "succeeded" if phase(pod) == "Succeeded" else "failed"
    replaces_early = job["spec"].get("podReplacementPolicy", "TerminatingOrFailed") != "Failed"
    return "failed" if "deletionTimestamp" in pod["metadata"] and replaces_early else ""


def noted(job: Object, status: Object, pods: list[Object]) -> Object:
    """The status with these ended pods noted as not counted yet."""
    before = status.get(UNCOUNTED) or {}
    lists = {key: list(before.get(key) or []) for key in ("succeeded", "failed")}
    for pod in pods:
        uids = lists[outcome(job, pod)]
        if pod["metadata"]["uid"] not in uids:
            uids.append(pod["metadata"]["uid"])
    return {**status, UNCOUNTED: {key: uids for key, uids in lists.items() if uids}}


def counted(job: Object, status: Object, pods: list[Object]) -> Object:
    """The status with everything counted that was noted; `pods` are those of the Job, for their indexes."""
    lists = status.get(UNCOUNTED) or {}
    result = {**status, UNCOUNTED: {}}
    result["failed"] = status.get("failed", 0) + len(lists.get("failed") or [])
    if job["spec"].get("completionMode") != "Indexed":
        result["succeeded"] = status.get("succeeded", 0) + len(lists.get("succeeded") or [])
        return result
    done = {index for pod in pods if phase(pod) == "Succeeded" and (index := index_of(pod)) is not None}
    done = {index for index in done if index < job["spec"]["completions"]} | parse_indexes(status.get("completedIndexes", ""))
    return {**result, "succeeded": len(done), "completedIndexes": format_indexes(done)}
