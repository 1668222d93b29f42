"""Canaries as overlays over the stable predictor, and the rules of spec.canary."""

from typing import Any

import pytest

from sandbox.serving.predictors import canaries_of, stable_of
from sandbox.serving.problems import SpecProblem
from sandbox.serving.validation import check
from tests.sandbox.serving.making import URI, canary, inference_service


def test_names_follow_the_predictors_name() -> None:
    assert stable_of(inference_service()).workload == "iris-predictor"
    assert stable_of(inference_service({"name": "v2"})).workload == "iris-v2-predictor"


def test_a_canary_takes_from_the_stable_one_what_it_leaves_out() -> None:
    model = {
        "modelFormat": {"name": "mlflow"},
        "storageUri": URI,
        "resources": {"limits": {"cpu": "1", "memory": "1Gi"}},
        "env": [{"name": "A"}],
    }
    stable = {"minReplicas": 4, "maxReplicas": 8, "scaleTarget": 50, "tolerations": [{"operator": "Exists"}], "model": model}
    own = {"model": {"storageUri": "s3://b/2", "resources": {"limits": {"cpu": "2"}}, "env": [{"name": "B"}]}}
    (found,) = canaries_of(inference_service(stable, canary=[canary("v2", 25, **own)]))
    assert found.workload == "iris-v2-predictor" and found.percent == 25
    assert found.spec["model"]["modelFormat"] == {"name": "mlflow"} and found.spec["model"]["storageUri"] == "s3://b/2"
    assert found.spec["model"]["resources"] == {"limits": {"cpu": "2", "memory": "1Gi"}} and found.spec["model"]["env"] == [{"name": "B"}]
    assert found.spec["tolerations"] == [{"operator": "Exists"}]
    assert "maxReplicas" not in found.spec and "scaleTarget" not in found.spec


@pytest.mark.parametrize(
    ("least", "percent", "own", "pods"), [(4, 25, None, 1), (4, 30, None, 2), (10, 0, None, 1), (4, 25, 3, 3), (None, 50, None, 1)]
)
def test_a_canary_is_as_large_as_its_share(least: int | None, percent: int, own: int | None, pods: int) -> None:
    stable = {"minReplicas": least} if least else {}
    more = {"minReplicas": own} if own else {}
    (found,) = canaries_of(inference_service(stable, canary=[canary("v2", percent, **more)]))
    assert found.replicas == pods


def test_what_is_promoted_is_what_the_canary_was() -> None:
    own = {"model": {"modelFormat": {"name": "mlflow"}, "storageUri": "s3://b/2"}}
    (before,) = canaries_of(inference_service(canary=[canary("v2", 20, **own)]))
    after = stable_of(inference_service({"name": "v2", **own}))
    assert (before.workload, {**before.spec, "minReplicas": 1}) == (after.workload, {**after.spec, "minReplicas": 1})


def test_a_framework_may_be_named_the_older_way() -> None:
    service = inference_service()
    service["spec"]["predictor"] = {"sklearn": {"storageUri": "s3://b/1", "protocolVersion": "v2"}}
    assert stable_of(service).spec["model"] == {"modelFormat": {"name": "sklearn"}, "storageUri": "s3://b/1", "protocolVersion": "v2"}


@pytest.mark.parametrize(
    ("predictor", "entries", "mode", "words"),
    [
        ({}, [canary("", 10)], "Standard", "name is required"),
        ({}, [canary("v2", 10), canary("v2", 10)], "Standard", "unique"),
        ({"name": "v2"}, [canary("v2", 10)], "Standard", "other than that of the stable"),
        ({}, [canary("v2", 60), canary("v3", 41)], "Standard", "101 %"),
        ({}, [canary("v2", 10, maxReplicas=3, scaleMetric="cpu")], "Standard", "maxReplicas, scaleMetric"),
        ({}, [canary("v2", 10)], "Knative", "Standard mode only"),
        ({"canaryTrafficPercent": 10}, [canary("v2", 10)], "Standard", "together"),
        ({}, [canary("v" * 60, 10)], "Standard", "longer than 63"),
    ],
)
def test_a_broken_rule_is_told(predictor: dict[str, Any], entries: list[Any], mode: str, words: str) -> None:
    with pytest.raises(SpecProblem, match=words) as problem:
        check(inference_service(predictor, canary=entries), mode)
    assert problem.value.reason == "InvalidPredictorSpec"


def test_shares_of_a_hundred_together_are_allowed() -> None:
    check(inference_service(canary=[canary("v2", 60), canary("v3", 40, minReplicas=2)]), "Standard")
