"""Jobs: completions, retries, deadlines, and what the status tells."""

from typing import Any

import pytest

from tests.contract.client import Answer, Api
from tests.contract.objects import container
from tests.sandbox.controllers.conftest import Kubectl, Simulated
from tests.sandbox.controllers.seen import NOTE, Object, batch, condition, events_of, pods_of, status

SHORT = {"exit-after-seconds": "0.3"}
CRASH = {"crash-after-seconds": "0.3"}


def job(name: str = "j", notes: dict[str, str] | None = None, policy: str = "Never", **spec: Any) -> Object:
    metadata = {"annotations": {f"{NOTE}{key}": value for key, value in (SHORT if notes is None else notes).items()}}
    template = {"metadata": metadata, "spec": {"restartPolicy": policy, "containers": [container()]}}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name}, "spec": {"template": template, **spec}}


@pytest.fixture
def newer(simulated: Simulated) -> None:
    """What Kubernetes 1.20 does not know yet."""
    if not simulated.is_embedded and simulated.api.get("/version").body["minor"] == "20":
        pytest.skip("Kubernetes 1.20 drops this field of a Job")


def _run(api: Api, space: str, body: Object, ends_as: str = "Complete", seconds: float = 40) -> Answer:
    created = api.post(batch(space, "jobs"), body)
    assert created.code == 201, created
    return api.until(batch(space, "jobs", "j"), lambda answer: condition(answer, ends_as).get("status") == "True", seconds)


def test_it_runs_its_pods_to_completion(api: Api, space: str) -> None:
    done = _run(api, space, job(completions=3, parallelism=2))
    assert status(done, "succeeded", "failed", "active") == (3, 0, 0)
    assert done.body["status"]["startTime"] <= done.body["status"]["completionTime"]
    complete = condition(done, "Complete")
    assert (complete["reason"], complete["message"]) == ("CompletionsReached", "Reached expected number of succeeded pods")
    pods = pods_of(api, space, "job-name=j")
    assert len(pods) == 3 and not any(each["metadata"].get("finalizers") for each in pods)
    assert {each["metadata"]["labels"]["controller-uid"] for each in pods} == {done.body["metadata"]["uid"]}
    api.until("/version", lambda _: ("Completed", "Job completed") in events_of(api, space, "j"))


def test_no_more_run_at_a_time_than_it_says(api: Api, space: str) -> None:
    api.post(batch(space, "jobs"), job(notes={"exit-after-seconds": "1"}, completions=4, parallelism=2))
    most = 0

    def holds(answer: Answer) -> bool:
        nonlocal most
        running = [each for each in pods_of(api, space, "job-name=j") if each["status"]["phase"] in ("Pending", "Running")]
        most = max(most, len(running))
        return condition(answer, "Complete").get("status") == "True"

    api.until(batch(space, "jobs", "j"), holds, 40)
    assert most == 2


def test_a_pod_that_is_cleared_away_stays_counted(api: Api, space: str) -> None:
    api.post(batch(space, "jobs"), job(completions=2, parallelism=1))
    api.until(batch(space, "jobs", "j"), lambda answer: status(answer, "succeeded") == (1,), 30)
    for each in pods_of(api, space, "job-name=j"):
        if each["status"]["phase"] == "Succeeded":
            api.delete(f"/api/v1/namespaces/{space}/pods/{each['metadata']['name']}")
    done = api.until(batch(space, "jobs", "j"), lambda answer: condition(answer, "Complete"), 30)
    assert status(done, "succeeded", "failed") == (2, 0)


def test_it_fails_beyond_its_back_off_limit(api: Api, space: str) -> None:
    failed = _run(api, space, job(notes=CRASH, backoffLimit=0), "Failed")
    assert status(failed, "failed", "succeeded", "active") == (1, 0, 0)
    why = condition(failed, "Failed")
    assert (why["reason"], why["message"]) == ("BackoffLimitExceeded", "Job has reached the specified backoff limit")
    api.until("/version", lambda _: ("BackoffLimitExceeded", why["message"]) in events_of(api, space, "j"))
    assert "completionTime" not in failed.body["status"]


def test_a_failed_pod_is_replaced_after_a_while(api: Api, space: str) -> None:
    failed = _run(api, space, job(notes=CRASH, backoffLimit=1), "Failed")
    first, second = sorted(each["metadata"]["creationTimestamp"] for each in pods_of(api, space, "job-name=j"))
    assert status(failed, "failed") == (2,) and first < second


def test_restarts_in_place_count_as_failures(api: Api, space: str) -> None:
    notes = {**CRASH, "back-off-seconds": "0.2"}
    failed = _run(api, space, job(notes=notes, policy="OnFailure", backoffLimit=2), "Failed")
    assert condition(failed, "Failed")["reason"] == "BackoffLimitExceeded"
    api.until("/version", lambda _: not pods_of(api, space, "job-name=j"))


def test_it_fails_at_its_deadline(api: Api, space: str) -> None:
    failed = _run(api, space, job(notes={}, activeDeadlineSeconds=2, parallelism=2, completions=2), "Failed")
    why = condition(failed, "Failed")
    assert (why["reason"], why["message"]) == ("DeadlineExceeded", "Job was active longer than specified deadline")
    assert status(failed, "active", "failed") == (0, 2)


def test_an_indexed_job_does_every_index_once(api: Api, space: str, newer: None) -> None:
    done = _run(api, space, job(completions=4, parallelism=3, completionMode="Indexed"))
    assert done.body["status"]["completedIndexes"] == "0-3"
    pods = {each["metadata"]["annotations"]["batch.kubernetes.io/job-completion-index"]: each for each in pods_of(api, space, "job-name=j")}
    assert sorted(pods) == ["0", "1", "2", "3"]
    assert pods["2"]["spec"]["hostname"] == "j-2" and pods["2"]["metadata"]["generateName"] == "j-2-"
    assert [each["name"] for each in pods["2"]["spec"]["containers"][0]["env"]] == ["JOB_COMPLETION_INDEX"]


def test_a_suspended_job_waits(api: Api, space: str, newer: None) -> None:
    path = batch(space, "jobs", "j")
    api.post(batch(space, "jobs"), job(notes={}, suspend=True))
    held = api.until(path, lambda answer: condition(answer, "Suspended").get("status") == "True")
    assert condition(held, "Suspended")["reason"] == "JobSuspended" and "startTime" not in held.body["status"]
    api.patch(path, {"spec": {"suspend": False}})
    api.until(path, lambda answer: status(answer, "active", "ready") == (1, 1), 20)
    api.patch(path, {"spec": {"suspend": True}})
    again = api.until(path, lambda answer: status(answer, "active") == (0,) and condition(answer, "Suspended")["status"] == "True", 20)
    assert status(again, "failed") == (0,)


def test_it_goes_when_its_time_after_the_end_is_over(api: Api, space: str, newer: None) -> None:
    api.post(batch(space, "jobs"), job(ttlSecondsAfterFinished=1))
    api.until(batch(space, "jobs", "j"), lambda answer: answer.code == 404, 30)


def test_kubectl_waits_for_a_job(api: Api, space: str, kubectl: Kubectl) -> None:
    api.post(batch(space, "jobs"), job())
    assert kubectl("wait", "--for=condition=complete", "job/j", "--timeout=30s") == "job.batch/j condition met\n"


def test_pods_that_are_left_behind_are_let_go(api: Api, space: str) -> None:
    api.post(batch(space, "jobs"), job(notes={}))
    api.until(batch(space, "jobs", "j"), lambda answer: status(answer, "active") == (1,), 20)
    assert api.delete(batch(space, "jobs", "j"), propagationPolicy="Orphan").code == 200
    api.until(batch(space, "jobs", "j"), lambda answer: answer.code == 404, 20)
    (left,) = pods_of(api, space, "job-name=j")
    path = f"/api/v1/namespaces/{space}/pods/{left['metadata']['name']}"
    free = api.until(path, lambda answer: not answer.body["metadata"].get("finalizers"), 20)
    assert not free.body["metadata"].get("ownerReferences")
