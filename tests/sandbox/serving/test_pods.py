"""The pods, Services and autoscalers that are made of an InferenceService."""

from typing import Any

import pytest

from sandbox.serving import objects_of
from sandbox.serving.pods import Template, template
from sandbox.serving.predictors import Predictor, canaries_of, stable_of
from sandbox.serving.problems import SpecProblem
from sandbox.serving.runtimes import choose
from sandbox.serving.storage import with_model
from tests.sandbox.serving.making import CONFIG, RUNTIMES, STORAGE, URI, canary, inference_service

Object = dict[str, Any]


def _made(service: Object, predictor: Predictor | None = None) -> Template:
    predictor = predictor or stable_of(service)
    model = predictor.spec.get("model")
    made = template(service, predictor, choose(model, [], RUNTIMES) if model else None)
    return Template(made.labels, made.annotations, with_model(made.spec, (model or {}).get("storageUri") or "", CONFIG, STORAGE))


def _main(made: Template) -> Object:
    return next(each for each in made.spec["containers"] if each["name"] == "kserve-container")


def test_the_runtimes_container_serves_with_what_the_model_says_of_it() -> None:
    own = {"env": [{"name": "LEVEL", "value": "1"}], "args": ["--more"], "resources": {"limits": {"memory": "4Gi"}}}
    service = inference_service({"model": {"modelFormat": {"name": "mlflow"}, "storageUri": URI, **own}, "serviceAccountName": "workload"})
    made = _made(service)
    main = _main(made)
    assert main["image"] == "sandbox.slipway.dev/model-server:1" and main["env"] == [{"name": "LEVEL", "value": "1"}]
    assert main["args"] == ["--model_name=iris", "--model_dir=/mnt/models", "--more"]
    assert main["resources"]["limits"] == {"cpu": "1", "memory": "4Gi"}
    assert made.spec["serviceAccountName"] == "workload" and "model" not in made.spec
    assert made.labels["serving.kserve.io/inferenceservice"] == "iris" and made.labels["component"] == "predictor"


def test_the_model_is_fetched_before_it_is_served() -> None:
    made = _made(inference_service())
    (fetching,) = made.spec["initContainers"]
    assert fetching["name"] == "storage-initializer" and fetching["args"] == [URI, "/mnt/models"]
    assert {"name": "MLFLOW_TRACKING_URI", "value": "http://mlflow.example:5000"} in fetching["env"]
    assert fetching["terminationMessagePolicy"] == "FallbackToLogsOnError"
    # Pod Security looks at what fetches too; KServe hands it nothing of the server's, so that its own container has to say it.
    assert fetching["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert made.spec["volumes"] == [{"name": "kserve-provision-location", "emptyDir": {}}]
    assert _main(made)["volumeMounts"] == [{"name": "kserve-provision-location", "mountPath": "/mnt/models", "readOnly": True}]


def test_a_claim_is_mounted_and_nothing_is_fetched() -> None:
    service = inference_service({"model": {"modelFormat": {"name": "sklearn"}, "storageUri": "pvc://models/iris/1"}})
    made = _made(service)
    assert "initContainers" not in made.spec
    assert made.spec["volumes"] == [{"name": "kserve-pvc-source", "persistentVolumeClaim": {"claimName": "models"}}]
    assert _main(made)["volumeMounts"][0]["subPath"] == "iris/1"


@pytest.mark.parametrize("uri", ["file:///etc", "gs://bucket/m", "pvc://claim/../other", "s3://b/../c", "pvc:///x"])
def test_a_place_that_cannot_be_fetched_from_is_refused(uri: str) -> None:
    with pytest.raises(SpecProblem):
        _made(inference_service({"model": {"modelFormat": {"name": "mlflow"}, "storageUri": uri}}))


def test_containers_of_ones_own_serve_too() -> None:
    service = inference_service()
    service["spec"]["predictor"] = {"containers": [{"name": "mine", "image": "example.org/mine:1", "ports": [{"containerPort": 9090}]}]}
    made = _made(service)
    assert [each["name"] for each in made.spec["containers"]] == ["kserve-container"]
    assert _main(made)["readinessProbe"]["tcpSocket"] == {"port": 9090}
    assert objects_of.service(service, stable_of(service), made)["spec"]["ports"][0]["targetPort"] == 9090


def test_a_promoted_canary_has_the_very_same_pods() -> None:
    own = {"model": {"modelFormat": {"name": "mlflow"}, "storageUri": "mlflow-artifacts:/2"}}
    before = inference_service(canary=[canary("v2", 20, **own)])
    after = inference_service({"name": "v2", "minReplicas": 1, **own})
    (side,) = canaries_of(before)
    first, second = objects_of.deployment(before, side, _made(before, side)), objects_of.deployment(after, stable_of(after), _made(after))
    assert first["metadata"] == second["metadata"] and first["spec"]["template"] == second["spec"]["template"]
    # From then on the autoscaler decides on its size.
    assert first["spec"]["replicas"] == 1 and "replicas" not in second["spec"]


def _scaler(service: Object) -> Object:
    return objects_of.autoscaler(service, stable_of(service), _made(service), "v2")["spec"]


def test_the_autoscaler_has_what_the_predictor_asks_for() -> None:
    found = _scaler(inference_service({"minReplicas": 2, "maxReplicas": 6, "scaleMetric": "memory", "scaleTarget": 70}))
    assert (found["minReplicas"], found["maxReplicas"]) == (2, 6)
    assert found["metrics"] == [
        {"type": "Resource", "resource": {"name": "memory", "target": {"type": "Utilization", "averageUtilization": 70}}}
    ]
    assert found["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": "iris-predictor"}


def test_the_autoscaler_takes_several_metrics_and_a_behavior() -> None:
    metrics = [
        {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 60}}},
        {"type": "Resource", "resource": {"name": "memory", "target": {"type": "Utilization", "averageUtilization": 75}}},
    ]
    behavior = {"scaleDown": {"stabilizationWindowSeconds": 60}}
    found = _scaler(inference_service({"maxReplicas": 3, "autoScaling": {"metrics": metrics, "behavior": behavior}}))
    assert found["metrics"] == metrics and found["behavior"] == behavior


def test_an_autoscaler_without_a_maximum_keeps_the_minimum() -> None:
    found = _scaler(inference_service({"minReplicas": 3}))
    assert (found["minReplicas"], found["maxReplicas"]) == (3, 3) and found["metrics"][0]["resource"]["target"]["averageUtilization"] == 80


def test_metrics_of_another_mode_are_refused() -> None:
    with pytest.raises(SpecProblem, match="needs Knative"):
        _scaler(inference_service({"scaleMetric": "concurrency"}))
    with pytest.raises(SpecProblem, match="needs KEDA"):
        _scaler(inference_service({"autoScaling": {"metrics": [{"type": "External", "external": {}}]}}))


def _replicas(service: Object, predictor: Predictor) -> int | None:
    assert not objects_of.is_autoscaled(service, predictor)
    found: int | None = objects_of.deployment(service, predictor, _made(service, predictor))["spec"].get("replicas")
    return found


def test_without_an_autoscaler_of_ours_the_deployment_has_its_size_or_somebody_elses_decides() -> None:
    fixed, scaled = (
        inference_service({"minReplicas": 2}, autoscalerClass="none"),
        inference_service({"minReplicas": 2}, autoscalerClass="external"),
    )
    assert _replicas(fixed, stable_of(fixed)) == 2 and _replicas(scaled, stable_of(scaled)) is None
    own = inference_service({"annotations": {"serving.kserve.io/autoscalerClass": "none"}})
    assert _replicas(own, stable_of(own)) == 1


@pytest.mark.parametrize(("kind", "replicas"), [("hpa", 2), ("none", 2), ("external", None)])
def test_a_canary_has_its_size_unless_somebody_else_scales_it(kind: str, replicas: int | None) -> None:
    service = inference_service({"minReplicas": 4}, canary=[canary("v2", 50)], autoscalerClass=kind)
    assert _replicas(service, canaries_of(service)[0]) == replicas
