"""By requests from one pod to many and back, and from none to one: with real processes, on any cluster."""

import sys
import threading
from collections import Counter
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
from tests.contract.client import Answer, Api
from tests.sandbox.serving import slow_server
from tests.sandbox.serving.conftest import PATIENCE, Service, simulator

pytestmark = pytest.mark.timeout(240)
SERVERS = [
    pytest.param(EmbeddedCluster, id="sandbox", marks=pytest.mark.xdist_group("serving-sandbox")),
    pytest.param(ControlPlane, id="control-plane", marks=[pytest.mark.control_plane, pytest.mark.xdist_group("serving-control-plane")]),
]
REVISION = "points-predictor-00001"
_pool = urllib3.PoolManager(retries=False, maxsize=32)


@pytest.fixture(params=SERVERS)
def service(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Service]:
    """One in Knative mode that sleeps when nobody asks, with at most three pods for two requests at once each."""
    images = tmp_path / "images.yaml"
    images.write_text(yaml.safe_dump({"images": {"example.org/slow:1": [sys.executable, slow_server.__file__]}}))
    with request.param(tmp_path / "cluster") as cluster:
        access = read_kubeconfig(cluster.kubeconfig_path)
        api = Api(access.server, access.ca_pem or b"", access.token)
        process = simulator(cluster.kubeconfig_path, tmp_path / "log", "--images", str(images), "--warm", "off")
        try:
            assert api.post("/api/v1/namespaces", {"metadata": {"name": "team"}}).code == 201
            kind = "/apis/serving.knative.dev/v1/namespaces/team/revisions"
            api.until("/api/v1/namespaces/team/serviceaccounts/default", lambda answer: answer.code == 200, PATIENCE)
            api.until(kind, lambda answer: answer.code == 200, PATIENCE)
            gateway = "/apis/apps/v1/namespaces/kserve/deployments/kserve-ingress-gateway"
            api.until(gateway, lambda answer: answer.code == 200 and answer.body.get("status", {}).get("readyReplicas") == 1, PATIENCE)
            made = Service(api, "team", "points")
            made.apply(_predictor(), deploymentMode="Knative")
            yield made
        finally:
            stop(process, 5)


def _predictor() -> dict[str, Any]:
    probe = {"httpGet": {"path": "/", "port": 8080}, "periodSeconds": 1}
    container = {"name": "kserve-container", "image": "example.org/slow:1", "ports": [{"containerPort": 8080}], "readinessProbe": probe}
    scaling = {"minReplicas": 0, "maxReplicas": 3, "scaleMetric": "concurrency", "scaleTarget": 2, "timeout": 30}
    return {"containers": [container], "annotations": {"autoscaling.knative.dev/window": "6s"}, **scaling}


def _conditions(answer: Answer) -> dict[str, tuple[str, str]]:
    found = (answer.body.get("status") or {}).get("conditions") or []
    return {each["type"]: (each["status"], each.get("reason", "")) for each in found}


def _until_sized(service: Service, count: int) -> Answer:
    path = f"/apis/apps/v1/namespaces/team/deployments/{REVISION}-deployment"
    return service.api.until(path, lambda answer: (answer.body.get("spec") or {}).get("replicas") == count, PATIENCE)


def _ask(service: Service, seconds: float) -> int:
    return int(_pool.request("GET", f"{service.status['url']}/?seconds={seconds}", timeout=60.0).status)


def test_requests_wake_it_and_make_it_grow_and_it_sleeps_again(service: Service) -> None:
    revision = f"/apis/serving.knative.dev/v1/namespaces/team/revisions/{REVISION}"
    service.until("Ready")
    _until_sized(service, 0)
    asleep = service.api.until(revision, lambda answer: _conditions(answer).get("Active") == ("False", "NoTraffic"), PATIENCE)
    assert _conditions(asleep)["Ready"] == ("True", "")
    service.api.until("/api/v1/namespaces/team/pods", lambda answer: not answer.body["items"], PATIENCE)
    status = service.until("Ready")
    assert status["modelStatus"]["states"]["activeModelState"] == "Loaded" and status["modelStatus"]["copies"]["totalCopies"] == 0

    assert _ask(service, 0) == 200, "the ingress holds it until a pod is ready"
    service.api.until(revision, lambda answer: _conditions(answer).get("Active") == ("True", ""), PATIENCE)

    codes, done = Counter[int](), threading.Event()

    def press() -> None:
        while not done.is_set():
            codes[_ask(service, 0.5)] += 1

    threads = [threading.Thread(target=press) for _ in range(8)]
    for thread in threads:
        thread.start()
    try:
        _until_sized(service, 3)
        service.api.until(revision, lambda answer: answer.body["status"]["actualReplicas"] == 3, PATIENCE)
    finally:
        done.set()
        for thread in threads:
            thread.join()
    assert set(codes) == {200}, "no request is lost while pods come"
    _until_sized(service, 0)
    assert service.until("Ready")["url"]
