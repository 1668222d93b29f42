"""KServe is played on any cluster, with its own definitions or with ours, and not where a real one is."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import urllib3
import yaml

from sandbox.controlplane import ControlPlane
from sandbox.embedded import EmbeddedCluster
from sandbox.kubeconfig import read_kubeconfig
from sandbox.processes import stop
from tests.contract.client import Api
from tests.contract.definitions import DEFINITIONS
from tests.sandbox.serving.conftest import PATIENCE, Service, model, simulator
from tests.sandbox.serving.site import artifact_site
from tests.sandbox.test_real_definitions import FILES

pytestmark = pytest.mark.timeout(300)
REAL = [path for path in FILES if path.stem in ("kserve-inferenceservices", "kserve-servingruntimes", "kserve-clusterservingruntimes")]
SERVERS = [
    pytest.param(EmbeddedCluster, id="sandbox", marks=pytest.mark.xdist_group("serving-sandbox")),
    pytest.param(ControlPlane, id="control-plane", marks=[pytest.mark.control_plane, pytest.mark.xdist_group("serving-control-plane")]),
]
TRITON = "/apis/serving.kserve.io/v1alpha1/clusterservingruntimes/kserve-tritonserver"
# In a canary the real definition wants the name of the container, too.
ONNX = {"modelFormat": {"name": "onnx"}, "storageUri": "s3://bucket/model", "name": "kserve-container"}


@pytest.fixture(params=SERVERS)
def cluster(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    with request.param(tmp_path / "cluster") as running:
        yield running


def _api(cluster: Any) -> Api:
    access = read_kubeconfig(cluster.kubeconfig_path)
    assert access.ca_pem
    return Api(access.server, access.ca_pem, access.token)


def _space(api: Api, name: str) -> str:
    assert api.post("/api/v1/namespaces", {"metadata": {"name": name}}).code == 201
    api.until(f"/api/v1/namespaces/{name}/serviceaccounts/default", lambda answer: answer.code == 200, 60)
    return name


@pytest.mark.skipif(not REAL, reason="no definitions lie beside the checkout")
def test_the_real_definitions_take_what_the_simulator_writes(cluster: Any, tmp_path: Path) -> None:
    api, loader = _api(cluster), getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for path in REAL:
        definition = yaml.load(path.read_text(), Loader=loader)  # noqa: S506  a safe loader
        assert api.post(DEFINITIONS, definition).code == 201
        spec = definition["spec"]
        version, plural = spec["versions"][0]["name"], spec["names"]["plural"]
        api.until(f"/apis/{spec['group']}/{version}/{plural}", lambda found: found.code == 200, PATIENCE)
    _serve(api, cluster, tmp_path)


def test_its_own_definitions_do_too(cluster: Any, tmp_path: Path) -> None:
    _serve(_api(cluster), cluster, tmp_path)


def _serve(api: Api, cluster: Any, tmp_path: Path) -> None:
    """A model and a canary of it, both of which only seem to run: all that is written of them is taken and can be seen."""
    process = simulator(cluster.kubeconfig_path, tmp_path / "log")
    try:
        service = Service(api, _space(api, "team"), "points")
        api.until(TRITON, lambda answer: answer.code == 200, PATIENCE)
        service.apply({"model": ONNX, "minReplicas": 2}, canary=[{"trafficPercent": 10, "predictor": {"name": "v2", "model": ONNX}}])
        service.until("CanaryPredictorReady")
        status = service.until("Ready")
        assert status["modelStatus"]["states"] == {"activeModelState": "Loaded", "targetModelState": "Loaded"}
        api.until(service.path, lambda answer: answer.body["status"]["modelStatus"]["copies"] == {"failedCopies": 0, "totalCopies": 2}, 60)
        (canary,) = status["canaryStatuses"]
        assert (canary["name"], canary["ready"], canary["trafficPercent"]) == ("v2", True, 10)
        assert service.deployments() == {"points-predictor", "points-v2-predictor"}
        assert re.fullmatch(r"http://[\d.]+:\d+/serving/team/points", status["url"])
        api.until(
            service.path,
            lambda _: _says(f"{status['url']}/v2") == "the pods of points-predictor are simulated: no process answers in them",
            60,
        )
    finally:
        stop(process, 5)


def _says(url: str) -> str:
    """What an address answers, empty while nobody does."""
    try:
        return urllib3.request("GET", url, retries=False).data.decode().strip()
    except urllib3.exceptions.HTTPError:
        return ""


@pytest.mark.xdist_group("serving-sandbox")
def test_a_real_kserve_is_left_alone_whenever_it_comes(tmp_path: Path) -> None:
    with EmbeddedCluster(tmp_path / "cluster") as cluster:
        api, spaces = _api(cluster), "/apis/apps/v1/namespaces/system/deployments"
        _space(api, "system")
        labels = {"control-plane": "kserve-controller-manager"}
        pods = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "manager", "image": "kserve/kserve-controller:v0.20.0"}]}}
        real = {"metadata": {"name": "real", "labels": labels}, "spec": {"selector": {"matchLabels": labels}, "template": pods}}
        assert api.post(spaces, real).code == 201
        process = simulator(cluster.kubeconfig_path, tmp_path / "first.log")
        try:
            _until_logged(tmp_path / "first.log", "has a KServe of its own")
            assert api.get(DEFINITIONS).body["items"] == []
        finally:
            stop(process, 5)
        api.delete(f"{spaces}/real")
        process = simulator(cluster.kubeconfig_path, tmp_path / "second.log")
        try:
            service = Service(api, "system", "points")
            api.until(
                "/apis/serving.kserve.io/v1alpha1/clusterservingruntimes/kserve-tritonserver", lambda answer: answer.code == 200, PATIENCE
            )
            api.until("/api/v1/namespaces/kserve/configmaps/inferenceservice-config", lambda answer: answer.code == 200, PATIENCE)
            service.apply({"model": ONNX})
            service.until("Ready")
            assert api.post(spaces, real).code == 201
            _until_logged(tmp_path / "second.log", "leaves InferenceServices to it")
            before = service.status
            service.apply({"model": ONNX, "minReplicas": 3})
            time.sleep(1)
            assert service.status == before
        finally:
            stop(process, 5)


def _until_logged(log: Path, words: str) -> None:
    end = time.monotonic() + PATIENCE
    while words not in log.read_text():
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.1)


@pytest.mark.registry
@pytest.mark.xdist_group("serving-sandbox")
def test_a_simulator_that_was_killed_serves_again_from_what_was_fetched(models: Path, tmp_path: Path) -> None:
    with EmbeddedCluster(tmp_path / "cluster") as cluster:
        api = _api(cluster)
        with artifact_site(models) as address:
            process = simulator(cluster.kubeconfig_path, tmp_path / "first.log", "--mlflow", address)
            try:
                service = Service(api, _space(api, "team"), "points")
                api.until("/api/v1/namespaces/kserve/configmaps/inferenceservice-config", lambda answer: answer.code == 200, PATIENCE)
                service.apply({"model": model("champion")})
                url = service.until("Ready")["url"]
                api.until(service.path, lambda _: _predicts(service), PATIENCE)
            finally:
                process.kill()
                process.wait()
        # Nobody hands models out any more.
        process = simulator(cluster.kubeconfig_path, tmp_path / "second.log", "--mlflow", address)
        try:
            api.until(service.path, lambda _: _predicts(service), PATIENCE)
            assert service.until("Ready")["url"] == url
            (pod,) = service.pods()
            assert pod["status"]["containerStatuses"][0]["restartCount"] == 1
            assert pod["status"]["initContainerStatuses"][0]["restartCount"] == 0
        finally:
            stop(process, 5)


def _predicts(service: Service) -> bool:
    try:
        return bool(service.predict([[1.0, 2.0, 3.0]]).status == 200)
    except urllib3.exceptions.HTTPError:
        return False
