"""What a Revision says of itself: of one that begins, serves, sleeps, wakes, fails; and how KServe tells its autoscaler."""

from datetime import UTC, datetime
from typing import Any

import pytest

from sandbox.api.tables.custom import custom_printer
from sandbox.serving.autoscaler.rules import Rules
from sandbox.serving.builtin import definitions
from sandbox.serving.config import KNATIVE
from sandbox.serving.knative.records import RESERVE, ROUTING, Seen, has_begun, record, state_of, status
from sandbox.serving.knative.revisions import Revision
from sandbox.serving.knative.scaling import scaled
from sandbox.serving.knative.status import status as service_status
from sandbox.serving.knative.traffic import Rollout
from sandbox.serving.pods import Template
from sandbox.serving.predictors import stable_of
from sandbox.serving.problems import SpecProblem
from sandbox.serving.status import Side
from tests.sandbox.serving.making import CONFIG, inference_service, pod

Object = dict[str, Any]
NAME, HASH = "iris-predictor-00001", "7dc4"
TEMPLATE = Template({}, {}, {"containers": [{"name": "kserve-container"}]})
ENDED = {"exitCode": 1, "message": "no such file"}
SERVICE = inference_service({"minReplicas": 0}, deploymentMode=KNATIVE)


def _revision(replicas: int, ready: int = 0, *, progressing: str = "True") -> Revision:
    conditions = [
        {"type": "Available", "status": "True" if ready >= replicas else "False"},
        {"type": "Progressing", "status": progressing, "reason": "ProgressDeadlineExceeded", "message": "too late"},
    ]
    told = {"observedGeneration": 1, "readyReplicas": ready, "conditions": conditions}
    deployment = {"metadata": {"generation": 1}, "spec": {"replicas": replicas}, "status": told}
    return Revision(NAME, 1, "d", deployment)


def _item(before: Object | None = None, routing: str = "active") -> Object:
    made = record(SERVICE, stable_of(SERVICE), TEMPLATE, NAME, 1)
    made["metadata"]["labels"][ROUTING] = routing
    return {**made, "status": before or {}}


def _told(item: Object, revision: Revision, *pods: Object, minimum: int = 0) -> Object:
    return {**item, "status": status(item, Seen(revision, pods, Rules(minimum=minimum)))}


def _words(item: Object) -> dict[str, str]:
    kinds = ("Active", "ContainerHealthy", "ResourcesAvailable", "Ready")
    return {kind: f"{state_of(item, kind).status} {state_of(item, kind).reason}".strip() for kind in kinds}


READY = _told(_item(), _revision(1, 1), pod("a", HASH, ready=True))
ASLEEP = _told(READY, _revision(0))


def test_one_that_begins_is_not_ready() -> None:
    begins = _told(_item(), _revision(1), pod("a", HASH, running=True))
    assert _words(begins) == {
        "Active": "Unknown Queued",
        "ContainerHealthy": "Unknown Deploying",
        "ResourcesAvailable": "Unknown Deploying",
        "Ready": "Unknown Deploying",
    }
    assert not has_begun(begins) and (begins["status"]["actualReplicas"], begins["status"]["desiredReplicas"]) == (0, 1)


def test_one_that_serves_is_ready_and_active() -> None:
    assert set(_words(READY).values()) == {"True"} and has_begun(READY)


def test_one_at_zero_is_ready_and_says_why_it_is_not_active() -> None:
    assert _words(ASLEEP) == {"Active": "False NoTraffic", "ContainerHealthy": "True", "ResourcesAvailable": "True", "Ready": "True"}
    (active,) = [each for each in ASLEEP["status"]["conditions"] if each["type"] == "Active"]
    assert (active["message"], active["severity"]) == ("The target is not receiving traffic.", "Info")


def test_one_that_wakes_is_ready_all_the_while() -> None:
    wakes = _told(ASLEEP, _revision(1), pod("b", HASH, running=True))
    assert _words(wakes)["Active"] == "Unknown Queued" and _words(wakes)["Ready"] == "True"
    assert _words(_told(wakes, _revision(1, 1), pod("b", HASH, ready=True)))["Active"] == "True"


def test_the_table_of_revisions_has_knatives_columns() -> None:
    (definition,) = [each for each in definitions() if each["spec"]["names"]["plural"] == "revisions"]
    printer = custom_printer(definition["spec"]["versions"][0]["additionalPrinterColumns"])
    assert printer.cells(ASLEEP, datetime.now(UTC)) == [NAME, "iris-predictor", "1", "True", None, 0, 0]


def test_one_that_cannot_be_woken_says_so() -> None:
    fails = _told(ASLEEP, _revision(1), pod("b", HASH, ended=ENDED))
    assert _words(fails)["Ready"] == "False ExitCode1" and "no such file" in state_of(fails, "Ready").message
    assert _words(_told(fails, _revision(0)))["Active"] == "False TimedOut"


def test_one_that_was_never_ready_and_is_given_up_has_failed() -> None:
    begins = _told(_item(), _revision(1), pod("a", HASH, running=True))
    given_up = _told(begins, _revision(0))
    assert _words(given_up)["Ready"] == "False ProgressDeadlineExceeded" and _words(given_up)["Active"] == "False TimedOut"


def test_fewer_than_the_minimum_are_not_active_unless_nothing_leads_there() -> None:
    pods = [pod("a", HASH, ready=True)]
    assert _words(_told(READY, _revision(2, 1), *pods, minimum=2))["Active"] == "Unknown Queued"
    reserve = _told(_item(READY["status"], RESERVE), _revision(1, 1), *pods, minimum=2)
    assert _words(reserve)["Active"] == "True"


def _service(item: Object, revision: Revision, *pods: Object) -> Object:
    rollout = Rollout(NAME, NAME, NAME, "", [{"latestRevision": True, "percent": 100, "revisionName": NAME}])
    side = Side(stable_of(SERVICE), None, revision.deployment, pods, HASH)
    return service_status(SERVICE, CONFIG, side, rollout, state_of(item, "Ready"))


@pytest.mark.parametrize(
    ("item", "replicas", "pods"), [(ASLEEP, 0, []), (ASLEEP, 1, [pod("b", HASH, running=True)])], ids=["asleep", "wakes"]
)
def test_the_inference_service_stays_ready_while_its_revision_sleeps_and_wakes(item: Object, replicas: int, pods: list[Object]) -> None:
    told = _service(item, _revision(replicas), *pods)
    assert {each["type"]: each["status"] for each in told["conditions"]} == dict.fromkeys(
        ("IngressReady", "PredictorConfigurationReady", "PredictorReady", "PredictorRouteReady", "Ready"), "True"
    )
    assert told["modelStatus"]["states"]["activeModelState"] == "Loaded" and told["modelStatus"]["transitionStatus"] == "InProgress"


def test_the_inference_service_of_one_that_was_given_up_has_failed() -> None:
    begins = _told(_item(), _revision(1), pod("a", HASH, running=True))
    told = _service(_told(begins, _revision(0)), _revision(0))
    assert told["modelStatus"]["transitionStatus"] == "BlockedByFailedLoad"
    assert next(each for each in told["conditions"] if each["type"] == "PredictorReady")["status"] == "False"


def _annotations(**spec: Any) -> dict[str, str]:
    found = scaled(stable_of(inference_service(spec)), TEMPLATE).annotations
    return {key.partition("/")[2]: value for key, value in found.items()}


def test_kserve_tells_the_autoscaler_by_annotations() -> None:
    kpa = {"class": "kpa.autoscaling.knative.dev"}
    assert _annotations() == {**kpa, "min-scale": "1"}
    asked = _annotations(minReplicas=0, maxReplicas=5, scaleMetric="rps", scaleTarget=20)
    assert asked == {**kpa, "min-scale": "0", "max-scale": "5", "metric": "rps", "target": "20"}


@pytest.mark.parametrize(("spec", "words"), [({"scaleMetric": "cpu"}, "Standard mode"), ({"minReplicas": 3, "maxReplicas": 2}, "below")])
def test_what_knatives_autoscaler_does_not_take_is_refused(spec: Object, words: str) -> None:
    with pytest.raises(SpecProblem, match=words):
        _annotations(**spec)
