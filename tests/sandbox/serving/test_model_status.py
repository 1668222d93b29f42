"""modelStatus tells what happened to the model, and why."""

from sandbox.serving.model_status import model_status
from tests.sandbox.serving.making import pod

TRACE = "Traceback (most recent call last):\n  ...\nzipfile.BadZipFile: File is not a zip file"
ENDED = {"exitCode": 1, "reason": "Error", "message": TRACE, "finishedAt": "2026-01-01T00:00:00Z"}


def _summary(*pods: dict, newest: str = "new") -> tuple[str, str, str]:  # type: ignore[type-arg]
    found = model_status(pods, newest)
    return found["transitionStatus"], found["states"]["activeModelState"], found["states"]["targetModelState"]


def test_it_goes_from_pending_over_loading_to_loaded() -> None:
    assert _summary() == ("InProgress", "Pending", "Pending")
    assert _summary(pod("a", "new")) == ("InProgress", "Pending", "Pending")
    assert _summary(pod("a", "new", running=True)) == ("InProgress", "Loading", "Loading")
    assert _summary(pod("a", "new", ready=True)) == ("UpToDate", "Loaded", "Loaded")


def test_a_broken_model_is_told_with_its_traceback() -> None:
    found = model_status([pod("a", "new", ended=ENDED)], "new")
    assert found["transitionStatus"] == "BlockedByFailedLoad" and found["states"]["activeModelState"] == "FailedToLoad"
    assert found["copies"] == {"failedCopies": 1, "totalCopies": 1}
    failure = found["lastFailureInfo"]
    assert (failure["reason"], failure["exitCode"], failure["modelRevisionName"]) == ("ModelLoadFailed", 1, "a")
    assert failure["message"] == TRACE


def test_what_fetches_it_may_fail_too() -> None:
    broken = pod("a", "new")
    broken["status"]["initContainerStatuses"] = [
        {"name": "storage-initializer", "state": {"terminated": {**ENDED, "message": "no such artifact"}}}
    ]
    assert model_status([broken], "new")["lastFailureInfo"]["message"] == "no such artifact"


def test_the_former_revision_serves_while_the_new_one_fails() -> None:
    pods = [pod("old", "former", ready=True), pod("a", "new", ended=ENDED)]
    assert _summary(*pods) == ("BlockedByFailedLoad", "Loaded", "FailedToLoad")


def test_a_pod_that_goes_counts_no_more() -> None:
    going = pod("a", "new", ready=True)
    going["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    assert _summary(going) == ("InProgress", "Pending", "Pending")


def test_one_that_failed_and_is_ready_now_has_not_failed() -> None:
    healed = pod("a", "new", ready=True)
    healed["status"]["containerStatuses"][0]["lastState"] = {"terminated": ENDED}
    assert "lastFailureInfo" not in model_status([healed], "new")
