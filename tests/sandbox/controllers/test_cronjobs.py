"""CronJobs: what starts when, what waits, what is cleared away."""

from datetime import UTC, datetime
from typing import Any

import pytest

from sandbox.controllers.cronjobs.timing import timing_of
from sandbox.schedule import Schedule, ScheduleError
from tests.contract.client import Answer, Api
from tests.contract.objects import container
from tests.sandbox.controllers.conftest import Simulated
from tests.sandbox.controllers.seen import NOTE, Object, batch, condition, events_of

YEARLY = "0 0 1 {} *"
# Its first day is past in every month of a schedule that starts here.
LONG_AGO = "2020-06-15T00:00:00Z"


@pytest.fixture
def crons(simulated: Simulated, space: str) -> str:
    """The path of CronJobs in a fresh namespace."""
    path = batch(space, "cronjobs")
    if simulated.api.get(path).code == 404:
        pytest.skip("Kubernetes 1.20 serves CronJob only as batch/v1beta1")
    return path


def cron_job(name: str = "c", schedule: str = "0 0 1 1 *", notes: dict[str, str] | None = None, **spec: Any) -> Object:
    metadata = {"annotations": {f"{NOTE}{key}": value for key, value in (notes or {}).items()}}
    template = {"metadata": metadata, "spec": {"restartPolicy": "Never", "containers": [container()]}}
    job = {"metadata": {"labels": {"made-by": name}}, "spec": {"template": template}}
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {"name": name},
        "spec": {"schedule": schedule, "jobTemplate": job, **spec},
    }


def _make_due(api: Api, crons: str, since: str = LONG_AGO) -> None:
    """As if its last run had been long ago: the latest time of its schedule is due at once."""
    assert api.patch(f"{crons}/c/status", {"status": {"lastScheduleTime": since}}).code == 200


def _jobs(api: Api, space: str) -> list[Object]:
    return list(api.get(batch(space, "jobs"), labelSelector="made-by=c").body["items"])


def test_a_due_job_starts_and_is_listed_while_it_runs(api: Api, space: str, crons: str) -> None:
    created = api.post(crons, cron_job()).body
    _make_due(api, crons)
    active = api.until(f"{crons}/c", lambda answer: answer.body["status"].get("active")).body["status"]
    (job,) = _jobs(api, space)
    due = datetime.fromisoformat(active["lastScheduleTime"])
    assert (due.month, due.day, due.hour) == (1, 1, 0) and due <= datetime.now(UTC)
    assert job["metadata"]["name"] == f"c-{int(due.timestamp()) // 60}" == active["active"][0]["name"]
    assert job["metadata"]["annotations"]["batch.kubernetes.io/cronjob-scheduled-timestamp"] == active["lastScheduleTime"]
    (owner,) = job["metadata"]["ownerReferences"]
    assert (owner["kind"], owner["uid"], owner["controller"]) == ("CronJob", created["metadata"]["uid"], True)
    api.until("/version", lambda _: ("SuccessfulCreate", f"Created job {job['metadata']['name']}") in events_of(api, space, "c"))


def test_a_finished_job_leaves_the_list_and_is_remembered(api: Api, space: str, crons: str) -> None:
    api.post(crons, cron_job(notes={"exit-after-seconds": "0.2"}))
    _make_due(api, crons)
    done = api.until(f"{crons}/c", lambda answer: answer.body["status"].get("lastSuccessfulTime"), 30).body["status"]
    assert not done.get("active")
    (job,) = _jobs(api, space)
    assert done["lastSuccessfulTime"] == job["status"]["completionTime"]
    text = f"Saw completed job: {job['metadata']['name']}, condition: Complete"
    api.until("/version", lambda _: ("SawCompletedJob", text) in events_of(api, space, "c"))


def test_nothing_starts_while_it_is_suspended_or_too_late(api: Api, space: str, crons: str) -> None:
    api.post(crons, cron_job(suspend=True))
    _make_due(api, crons)
    api.post(crons, cron_job("late", startingDeadlineSeconds=5))
    api.patch(f"{crons}/late/status", {"status": {"lastScheduleTime": LONG_AGO}})
    api.post(crons, cron_job("other"))
    api.patch(f"{crons}/other/status", {"status": {"lastScheduleTime": LONG_AGO}})
    api.until(batch(space, "jobs"), lambda answer: answer.body["items"])
    assert {job["metadata"]["labels"]["made-by"] for job in api.get(batch(space, "jobs")).body["items"]} == {"other"}
    api.patch(f"{crons}/c", {"spec": {"suspend": False}})
    api.until("/version", lambda _: len(_jobs(api, space)) == 1)


@pytest.mark.parametrize(("policy", "left"), [("Allow", 2), ("Forbid", 1), ("Replace", 1)])
def test_the_concurrency_policy_decides_about_a_second_job(api: Api, space: str, crons: str, policy: str, left: int) -> None:
    api.post(crons, cron_job(concurrencyPolicy=policy))
    _make_due(api, crons)
    first = api.until(f"{crons}/c", lambda answer: answer.body["status"].get("active")).body["status"]["active"][0]["name"]
    api.patch(f"{crons}/c", {"spec": {"schedule": YEARLY.format(2)}})
    _make_due(api, crons)

    def holds(answer: Answer) -> bool:
        names = {each["name"] for each in answer.body["status"].get("active") or []}
        if policy == "Forbid":
            return names == {first} and any(reason == "JobAlreadyActive" for reason, _ in events_of(api, space, "c"))
        return len(names) == left and (first in names) == (policy == "Allow")

    api.until(f"{crons}/c", holds, 20)
    api.until("/version", lambda _: len(_jobs(api, space)) == left, 20)


def test_old_jobs_are_cleared_away_beyond_the_limits(api: Api, space: str, crons: str) -> None:
    api.post(crons, cron_job(notes={"exit-after-seconds": "0.2"}, successfulJobsHistoryLimit=1))
    names = []
    for month in (1, 2, 3):
        api.patch(f"{crons}/c", {"spec": {"schedule": YEARLY.format(month)}})
        _make_due(api, crons)
        wanted = _name(month)
        api.until(batch(space, "jobs", wanted), lambda answer: answer.code == 200 and condition(answer, "Complete"), 30)
        names.append(wanted)
    newest = max(names)
    api.until("/version", lambda _: [job["metadata"]["name"] for job in _jobs(api, space)] == [newest], 20)


def _name(month: int) -> str:
    """The name of the Job of the last first day of this month."""
    now = datetime.now(UTC)
    due = datetime(now.year if month <= now.month else now.year - 1, month, 1, tzinfo=UTC)
    return f"c-{int(due.timestamp()) // 60}"


@pytest.mark.parametrize(
    ("spec", "field", "why"),
    [
        ({"schedule": "nonsense"}, "spec.schedule", "expected exactly 5 fields, found 1: [nonsense]"),
        ({"schedule": "TZ=UTC 0 0 * * *"}, "spec.schedule", "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"),
        ({"timeZone": "Nowhere/Land"}, "spec.timeZone", "unknown time zone Nowhere/Land"),
        ({"concurrencyPolicy": "Maybe"}, "spec.concurrencyPolicy", 'supported values: "Allow", "Forbid", "Replace"'),
        ({"successfulJobsHistoryLimit": -1}, "spec.successfulJobsHistoryLimit", "must be greater than or equal to 0"),
    ],
)
def test_what_cannot_be_is_refused(api: Api, crons: str, spec: Object, field: str, why: str) -> None:
    refused = api.post(crons, cron_job(**spec))
    assert refused.code == 422 and refused.fields == [field] and why in refused.message
    assert api.post(crons, cron_job("x" * 53)).fields == ["metadata.name"]


def test_defaults(api: Api, crons: str) -> None:
    spec = api.post(crons, cron_job()).body["spec"]
    assert (spec["concurrencyPolicy"], spec["suspend"]) == ("Allow", False)
    assert (spec["successfulJobsHistoryLimit"], spec["failedJobsHistoryLimit"]) == (3, 1)


def test_times_follow_the_time_zone() -> None:
    cron = {"metadata": {"creationTimestamp": "2026-01-10T00:00:00Z"}, "spec": {"schedule": "30 9 * * *", "timeZone": "Asia/Tokyo"}}
    timing = timing_of(cron, datetime(2026, 1, 12, 1, 0, tzinfo=UTC))
    assert timing.due == datetime(2026, 1, 12, 0, 30, tzinfo=UTC) and timing.following == datetime(2026, 1, 13, 0, 30, tzinfo=UTC)


def test_intervals_count_from_the_last_time() -> None:
    cron = {"metadata": {"creationTimestamp": "2026-01-10T00:00:00Z"}, "spec": {"schedule": "@every 90m"}}
    timing = timing_of(cron, datetime(2026, 1, 10, 3, 10, tzinfo=UTC))
    assert timing.due == datetime(2026, 1, 10, 3, 0, tzinfo=UTC) and timing.following == datetime(2026, 1, 10, 4, 30, tzinfo=UTC)


def test_very_many_missed_times_are_noticed_and_do_not_take_long() -> None:
    cron = {"metadata": {"creationTimestamp": "2000-01-01T00:00:00Z"}, "spec": {"schedule": "* * * * *"}}
    timing = timing_of(cron, datetime(2026, 1, 1, 0, 0, 30, tzinfo=UTC))
    assert timing.has_missed_many and timing.due == datetime(2026, 1, 1, tzinfo=UTC)
    fresh = {**cron, "spec": {"schedule": "* * * * *", "startingDeadlineSeconds": 600}}
    assert not timing_of(fresh, datetime(2026, 1, 1, 0, 0, 30, tzinfo=UTC)).has_missed_many


def test_a_day_that_never_comes_is_no_schedule() -> None:
    with pytest.raises(ScheduleError, match="Bad day-of-month"):
        Schedule("0 0 31 2 *")
