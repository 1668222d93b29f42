"""From an InferenceService to real predictions: served, split, promoted, taken back, stopped."""

import os
import re
import signal
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.contract.client import Api
from tests.sandbox.serving.conftest import PATIENCE, SMALL, Service, model

pytestmark = [pytest.mark.registry, pytest.mark.xdist_group("serving"), pytest.mark.timeout(300)]
ROW = [[1.0, 2.0, 3.0]]
GATEWAY = "/api/v1/namespaces/kserve/services/kserve-ingress-gateway:http/proxy"


def _own(models: Path, name: str, rows: Any) -> Any:
    """The model's own predictions."""
    import mlflow
    import pandas as pd

    predicted = mlflow.pyfunc.load_model(str(models / name)).predict(pd.DataFrame(rows, columns=["a", "b", "c"])).tolist()
    # How a processor adds up depends on where the numbers lie: the last digit is nobody's promise.
    return pytest.approx(predicted, rel=1e-12)


def _counted(service: Service, count: int) -> Counter[tuple[int, str]]:
    """Codes and revisions of so many answers."""
    answers = [service.predict(ROW) for _ in range(count)]
    return Counter((each.status, each.headers.get("x-served-revision", "")) for each in answers)


def _metrics(api: Api, service: Service, name: str) -> dict[tuple[str, str], float]:
    """A metric of the ingress by workload and code."""
    lines = [
        line for line in api.get(f"{GATEWAY}/metrics").body.splitlines() if line.startswith(name + "{") and f'"{service.team}"' in line
    ]
    return {
        (re.search(r'destination_workload="([^"]+)"', line)[1], re.search(r'response_code="(\d+)"', line)[1]): float(
            line.rpartition(" ")[2]
        )  # type: ignore[index]
        for line in lines
    }


def test_a_model_is_served_with_its_own_predictions(serving: Api, service: Service, models: Path) -> None:
    import numpy as np

    service.apply({"model": model("champion")})
    status = service.until("Ready")
    assert status["modelStatus"]["transitionStatus"] == "UpToDate" and status["deploymentMode"] == "Standard"
    assert status["clusterServingRuntimeName"] == "kserve-mlserver"
    assert status["address"]["url"] == f"http://points-predictor.{service.team}.svc.cluster.local"
    rows = np.random.default_rng().normal(size=(25, 3)).tolist()
    expected = _own(models, "champion", rows)
    for answer in (service.predict(rows), service.predict(rows, host=f"points-{service.team}.example.com")):
        assert answer.status == 200 and answer.json()["predictions"] == expected
    answer = service.predict(rows, protocol="v2")
    assert answer.json()["outputs"][0]["data"] == expected
    (pod,) = service.pods()
    assert answer.headers["x-served-by"] == pod["metadata"]["name"] and answer.headers["x-served-revision"] == "points-predictor"
    proxied = serving.post(f"{GATEWAY}/serving/{service.team}/points/v1/models/points:predict", {"instances": rows})
    assert proxied.code == 200 and proxied.body["predictions"] == expected
    log = serving.get(f"/api/v1/namespaces/{service.team}/pods/{pod['metadata']['name']}/log", container="kserve-container").body
    assert log.count("POST /v1/models/points:predict 200") == 3
    assert _metrics(serving, service, "istio_requests_total") == {("points-predictor", "200"): 4}
    assert _metrics(serving, service, "istio_request_duration_milliseconds_count") == {("points-predictor", "200"): 4}


def test_a_fifth_goes_to_a_canary_which_is_promoted_without_a_restart(serving: Api, service: Service, models: Path) -> None:
    service.apply({"model": model("champion")})
    service.until("Ready")
    own = {"model": {"modelFormat": {"name": "mlflow"}, "storageUri": "mlflow-artifacts:/challenger"}}
    service.apply({"model": model("champion")}, canary=[{"trafficPercent": 20, "predictor": {"name": "v2", **own}}])
    status = service.until("CanaryPredictorReady", reason="AllCanariesReady")
    (told,) = status["canaryStatuses"]
    assert (told["name"], told["ready"], told["trafficPercent"]) == ("v2", True, 20) and told["modelStatus"][
        "transitionStatus"
    ] == "UpToDate"
    serving.until(f"{GATEWAY}/healthz", lambda _: service.predict(ROW).headers["x-served-revision"] == "points-v2-predictor", 20)
    before = _metrics(serving, service, "istio_requests_total")
    counts = _counted(service, 500)
    assert set(counts) == {(200, "points-predictor"), (200, "points-v2-predictor")} and 80 <= counts[200, "points-v2-predictor"] <= 120
    after = _metrics(serving, service, "istio_requests_total")
    assert {key: after[key] - before.get(key, 0) for key in after} == {(name, "200"): count for (_, name), count in counts.items()}
    by_revision = {
        answer.headers["x-served-revision"]: answer.json()["predictions"] for answer in [service.predict(ROW) for _ in range(10)]
    }
    assert by_revision == {"points-predictor": _own(models, "champion", ROW), "points-v2-predictor": _own(models, "challenger", ROW)}
    uids = [pod["metadata"]["uid"] for pod in service.pods("points-v2-predictor")]
    service.apply({"name": "v2", "model": model("challenger")})
    service.until("Ready")
    serving.until(service.path, lambda _: service.deployments() == {"points-v2-predictor"}, PATIENCE)
    (pod,) = service.pods("points-v2-predictor")
    assert [pod["metadata"]["uid"]] == uids and pod["status"]["containerStatuses"][0]["restartCount"] == 0
    assert _counted(service, 50) == {(200, "points-v2-predictor"): 50}
    assert "CanaryPredictorReady" not in {each["type"] for each in service.status["conditions"]} and "canaryStatuses" not in service.status


def test_a_canary_that_does_not_load_gets_nothing_and_is_taken_back(serving: Api, service: Service) -> None:
    service.apply({"model": model("champion")})
    service.until("Ready")
    service.apply({"model": model("champion")}, canary=[{"trafficPercent": 50, "predictor": {"name": "bad", "model": model("broken")}}])

    def has_failed(answer: Any) -> bool:
        told = (answer.body["status"].get("canaryStatuses") or [{}])[0]
        return (told.get("modelStatus") or {}).get("transitionStatus") == "BlockedByFailedLoad"

    found = serving.until(service.path, has_failed, PATIENCE).body["status"]
    assert found["canaryStatuses"][0]["ready"] is False and "Traceback" not in str(found["modelStatus"])
    failure = found["canaryStatuses"][0]["modelStatus"]["lastFailureInfo"]
    assert (failure["reason"], failure["exitCode"]) == ("ModelLoadFailed", 1) and "BadZipFile" in failure["message"]
    service.until("CanaryPredictorReady", "False", "CanariesNotReady")
    service.until("Ready")
    assert _counted(service, 40) == {(200, "points-predictor"): 40}
    service.apply({"model": model("champion")})
    serving.until(service.path, lambda _: service.deployments() == {"points-predictor"}, PATIENCE)
    serving.until(service.path, lambda _: service.pods("points-bad-predictor") == [], PATIENCE)
    assert _counted(service, 10) == {(200, "points-predictor"): 10}


def test_a_broken_model_crash_loops_with_its_traceback(serving: Api, service: Service) -> None:
    service.apply({"model": model("broken")})
    found = serving.until(
        service.path,
        lambda answer: (answer.body.get("status") or {}).get("modelStatus", {}).get("transitionStatus") == "BlockedByFailedLoad",
        PATIENCE,
    ).body["status"]
    assert found["modelStatus"]["lastFailureInfo"]["message"].endswith("zipfile.BadZipFile: File is not a zip file")
    (pod,) = service.pods()
    at = f"/api/v1/namespaces/{service.team}/pods/{pod['metadata']['name']}"
    state = serving.until(at, lambda answer: answer.body["status"]["containerStatuses"][0]["restartCount"] >= 1, PATIENCE).body["status"]
    assert state["containerStatuses"][0]["lastState"]["terminated"]["exitCode"] == 1
    assert "Traceback (most recent call last)" in serving.get(f"{at}/log", container="kserve-container", previous="true").body
    assert service.until("Ready", "False")["conditions"]
    service.apply({"model": model("champion")})
    service.until("Ready")
    serving.until(service.path, lambda _: service.predict(ROW).status == 200, 20)


def test_an_artifact_that_is_missing_is_told(serving: Api, service: Service) -> None:
    service.apply({"model": model("nothing")})
    found = serving.until(
        service.path, lambda answer: "lastFailureInfo" in (answer.body.get("status") or {}).get("modelStatus", {}), PATIENCE
    ).body["status"]
    assert "there is nothing at this address" in found["modelStatus"]["lastFailureInfo"]["message"]


def test_it_is_stopped_and_resumed(serving: Api, service: Service) -> None:
    service.apply({"model": model("champion"), "minReplicas": 1, "maxReplicas": 2})
    url = service.until("Ready")["url"]
    service.apply({"model": model("champion"), "minReplicas": 1, "maxReplicas": 2}, stop="true")
    status = service.until("Stopped")
    assert {each["type"]: each.get("reason") for each in status["conditions"]} == {
        "IngressReady": "Stopped",
        "PredictorReady": "Stopped",
        "Ready": "Stopped",
        "Stopped": None,
    }
    serving.until(service.path, lambda _: not service.deployments() and not service.pods(), PATIENCE)
    for kind in ("/apis/autoscaling/v2/namespaces/{}/horizontalpodautoscalers", "/api/v1/namespaces/{}/services"):
        assert serving.get(kind.format(service.team)).body["items"] == []
    answer = serving.get(f"{GATEWAY}/serving/{service.team}/points/v2")
    assert answer.code == 503 and "points is stopped" in answer.body
    service.apply({"model": model("champion"), "minReplicas": 1, "maxReplicas": 2})
    assert service.until("Ready")["url"] == url
    service.until("Stopped", "False")
    serving.until(service.path, lambda _: service.predict(ROW).status == 200, 20)


def test_a_killed_process_is_restarted(serving: Api, service: Service) -> None:
    service.apply({"model": model("champion")})
    service.until("Ready")
    (pod,) = service.pods()
    at = f"/api/v1/namespaces/{service.team}/pods/{pod['metadata']['name']}"
    identity = pod["status"]["containerStatuses"][0]["containerID"]
    os.kill(int(re.search(r"//(\d+)-", identity)[1]), signal.SIGKILL)  # type: ignore[index]

    def is_back(answer: Any) -> bool:
        told = answer.body["status"]["containerStatuses"][0]
        return told["restartCount"] == 1 and told["ready"]

    told = serving.until(at, is_back, PATIENCE).body["status"]["containerStatuses"][0]
    assert told["lastState"]["terminated"]["exitCode"] == 137
    serving.until(service.path, lambda _: service.predict(ROW).status == 200, 20)


def test_load_makes_it_grow_by_processor_and_memory_together_and_idleness_shrink(serving: Api, service: Service) -> None:
    small = {"requests": {"cpu": "20m", "memory": "512Mi"}, "limits": {"cpu": "1", "memory": "1Gi"}}
    targets = {"cpu": 80, "memory": 90}
    metrics = [
        {"type": "Resource", "resource": {"name": name, "target": {"type": "Utilization", "averageUtilization": value}}}
        for name, value in targets.items()
    ]
    scaling = {"metrics": metrics, "behavior": {"scaleDown": {"stabilizationWindowSeconds": 3}}}
    service.apply({"model": model("champion", resources=small), "minReplicas": 1, "maxReplicas": 2, "autoScaling": scaling})
    service.until("Ready")
    scaler = f"/apis/autoscaling/v2/namespaces/{service.team}/horizontalpodautoscalers/points-predictor"
    assert serving.get(scaler).body["spec"]["maxReplicas"] == 2
    done, codes = threading.Event(), Counter[int]()

    def press() -> None:
        while not done.is_set():
            codes[service.predict(ROW * 50).status] += 1

    thread = threading.Thread(target=press)
    thread.start()
    try:
        serving.until(scaler, lambda answer: answer.body["status"].get("desiredReplicas") == 2, PATIENCE)
        serving.until(service.path, lambda _: len({service.predict(ROW).headers["x-served-by"] for _ in range(4)}) == 2, PATIENCE)
    finally:
        done.set()
        thread.join()
    assert set(codes) == {200}
    seen = {each["resource"]["name"] for each in serving.get(scaler).body["status"]["currentMetrics"]}
    assert seen == set(targets)
    serving.until(service.path, lambda _: len(service.pods()) == 1, PATIENCE)
    told = serving.get(f"/api/v1/namespaces/{service.team}/events", fieldSelector="reason=SuccessfulRescale").body["items"]
    messages = [each["message"] for each in told]
    assert any("New size: 2; reason: cpu" in each for each in messages) and "New size: 1; reason: All metrics below target" in messages


def test_a_model_in_a_claim_is_served(serving: Api, service: Service, models: Path, claims: Path) -> None:
    import shutil

    shutil.copytree(models / "champion", claims / service.team / "shelf" / "iris" / "1")
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "shelf"}, "spec": spec}
    assert serving.post(f"/api/v1/namespaces/{service.team}/persistentvolumeclaims", claim).code == 201
    service.apply({"model": model("", storageUri="pvc://shelf/iris/1")})
    service.until("Ready")
    serving.until(service.path, lambda _: service.predict(ROW).status == 200, 20)
    assert service.predict(ROW).json()["predictions"] == _own(models, "champion", ROW)


def test_a_model_that_only_seems_to_run_says_so(serving: Api, service: Service) -> None:
    service.apply({"model": {"modelFormat": {"name": "onnx"}, "storageUri": "s3://bucket/model", "resources": SMALL}})
    service.until("Ready")
    answer = serving.get(f"{GATEWAY}/serving/{service.team}/points/v2")
    assert answer.code == 503 and "simulated" in answer.body


def test_a_spec_that_breaks_a_rule_changes_nothing_of_what_serves(serving: Api, service: Service) -> None:
    service.apply({"model": model("champion")})
    service.until("Ready")
    many = [{"trafficPercent": 60, "predictor": {"name": name, "model": model("challenger")}} for name in ("v2", "v3")]
    service.apply({"model": model("champion")}, canary=many)
    status = service.until("Ready", "False", "InvalidPredictorSpec")
    assert "120 %" in status["modelStatus"]["lastFailureInfo"]["message"] and service.deployments() == {"points-predictor"}
    assert _counted(service, 10) == {(200, "points-predictor"): 10}


def test_what_is_somebody_elses_is_not_taken(serving: Api, service: Service) -> None:
    own = {"metadata": {"name": "points-predictor"}, "spec": {"ports": [{"port": 80}], "selector": {"app": "own"}}}
    assert serving.post(f"/api/v1/namespaces/{service.team}/services", own).code == 201
    service.apply({"model": model("champion")})
    status = service.until("Ready", "False", "InvalidPredictorSpec")
    assert "is there already" in status["modelStatus"]["lastFailureInfo"]["message"]


def test_a_runtime_that_comes_late_heals_it(serving: Api, service: Service) -> None:
    service.apply({"model": model("champion", runtime="own")})
    service.until("Ready", "False", "RuntimeNotRecognized")
    spec = serving.get("/apis/serving.kserve.io/v1alpha1/clusterservingruntimes/kserve-mlserver").body["spec"]
    runtime = {"apiVersion": "serving.kserve.io/v1alpha1", "kind": "ServingRuntime", "metadata": {"name": "own"}, "spec": spec}
    assert serving.post(f"/apis/serving.kserve.io/v1alpha1/namespaces/{service.team}/servingruntimes", runtime).code == 201
    assert service.until("Ready")["servingRuntimeName"] == "own"


def test_revisions_in_knative_mode_share_and_follow(serving: Api, service: Service) -> None:
    service.apply({"model": model("champion")}, deploymentMode="Knative")
    status = service.until("Ready")
    assert (
        status["deploymentMode"] == "Knative" and status["components"]["predictor"]["latestRolledoutRevision"] == "points-predictor-00001"
    )
    service.apply({"model": model("challenger"), "canaryTrafficPercent": 20}, deploymentMode="Knative")
    second = "points-predictor-00002"
    serving.until(
        service.path, lambda answer: answer.body["status"]["components"]["predictor"].get("latestReadyRevision") == second, PATIENCE
    )
    serving.until(service.path, lambda _: service.predict(ROW).headers["x-served-revision"] == second, 20)
    assert _counted(service, 100) == {(200, "points-predictor-00001"): 80, (200, second): 20}
    service.apply({"model": model("challenger")}, deploymentMode="Knative")
    serving.until(
        service.path, lambda answer: answer.body["status"]["components"]["predictor"].get("latestRolledoutRevision") == second, PATIENCE
    )
    serving.until(service.path, lambda _: set(_counted(service, 5)) == {(200, second)}, 20)
