"""A cluster whose simulator plays KServe, with models that it can fetch."""

import secrets
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import urllib3

from sandbox.embedded import EmbeddedCluster
from sandbox.kubeconfig import read_kubeconfig
from sandbox.processes import spawn, stop
from tests.contract.client import Answer, Api
from tests.sandbox.serving.site import artifact_site, make_models

SERVICES = "/apis/serving.kserve.io/v1beta1/inferenceservices"
PATIENCE = 90.0
SMALL = {"requests": {"cpu": "100m", "memory": "512Mi"}, "limits": {"cpu": "1", "memory": "1Gi"}}


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the models."""
    folder = tmp_path_factory.mktemp("models")
    make_models(folder)
    return folder


@pytest.fixture(scope="package")
def claims(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What stands for the content of claims."""
    return tmp_path_factory.mktemp("claims")


@pytest.fixture(scope="package")
def serving(models: Path, claims: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """The admin of a cluster with KServe, simulated."""
    with EmbeddedCluster(tmp_path_factory.mktemp("serving")) as cluster, artifact_site(models) as address:
        access = read_kubeconfig(cluster.kubeconfig_path)
        assert access.ca_pem
        api = Api(access.server, access.ca_pem, access.token)
        process = simulator(cluster.kubeconfig_path, tmp_path_factory.mktemp("log") / "log", "--mlflow", address, "--claims", str(claims))
        try:
            gateway = "/apis/apps/v1/namespaces/kserve/deployments/kserve-ingress-gateway"
            api.until(gateway, lambda answer: answer.code == 200 and answer.body.get("status", {}).get("readyReplicas") == 1, PATIENCE)
            yield api
        finally:
            stop(process, 5)


def simulator(kubeconfig: Path, log: Path, *options: str) -> Any:
    """A simulator whose autoscalers look every second, Knative's twice."""
    import os

    command = [sys.executable, "-m", "sandbox", "simulate", "--kubeconfig", str(kubeconfig), *options]
    return spawn(command, log, env={**os.environ, "SANDBOX_AUTOSCALING_SYNC_SECONDS": "1", "SANDBOX_KNATIVE_TICK_SECONDS": "0.5"})


@pytest.fixture
def team(serving: Api) -> Iterator[str]:
    """A fresh namespace; what is served in it ends with the test, so that there is room for processes."""
    name = f"n-{secrets.token_hex(4)}"
    assert serving.post("/api/v1/namespaces", {"metadata": {"name": name}}).code == 201
    yield name
    serving.delete(f"/api/v1/namespaces/{name}")


class Service:
    """One InferenceService of a test."""

    def __init__(self, api: Api, team: str, name: str) -> None:
        self.api, self.team, self.name = api, team, name
        self.collection = f"{SERVICES.rpartition('/')[0]}/namespaces/{team}/inferenceservices"
        self.path = f"{self.collection}/{name}"

    def apply(self, predictor: dict[str, Any], *, canary: list[Any] | None = None, **notes: str | None) -> None:
        """Create or replace it; `notes` are annotations of KServe's group."""
        metadata = {"name": self.name, "annotations": {f"serving.kserve.io/{key}": value for key, value in notes.items() if value}}
        spec = {"predictor": predictor} | ({"canary": canary} if canary else {})
        body = {"apiVersion": "serving.kserve.io/v1beta1", "kind": "InferenceService", "metadata": metadata, "spec": spec}
        answer = self.api.apply(self.path, body, force="true")
        assert answer.code in (200, 201), answer.body

    @property
    def status(self) -> dict[str, Any]:
        """As it is."""
        return self.api.get(self.path).body.get("status") or {}

    def until(self, kind: str, status: str = "True", reason: str = "") -> dict[str, Any]:
        """Wait until it has seen its spec and this condition holds; returns the status."""

        def holds(answer: Answer) -> bool:
            found = answer.body.get("status") or {}
            seen = found.get("observedGeneration") == answer.body["metadata"]["generation"]
            condition = next((each for each in found.get("conditions") or [] if each["type"] == kind), {})
            return seen and condition.get("status") == status and reason in ("", condition.get("reason"))

        found: dict[str, Any] = self.api.until(self.path, holds, PATIENCE).body["status"]
        return found

    def pods(self, workload: str = "") -> list[dict[str, Any]]:
        """The pods of one of its workloads."""
        selector = f"app=isvc.{workload or self.name + '-predictor'}"
        found: list[dict[str, Any]] = self.api.get(f"/api/v1/namespaces/{self.team}/pods", labelSelector=selector).body["items"]
        return found

    def deployments(self) -> set[str]:
        """The names of its Deployments."""
        listed = self.api.get(f"/apis/apps/v1/namespaces/{self.team}/deployments").body["items"]
        return {
            each["metadata"]["name"] for each in listed if each["metadata"]["labels"].get("serving.kserve.io/inferenceservice") == self.name
        }

    def predict(self, rows: Any, *, host: str = "", protocol: str = "v1") -> Any:
        """Ask the ingress."""
        url = self.status["url"]
        if host:
            url = url.partition("/serving/")[0]
        body = {"instances": rows} if protocol == "v1" else {"inputs": [_tensor(rows)]}
        path = f"/v1/models/{self.name}:predict" if protocol == "v1" else f"/v2/models/{self.name}/infer"
        return _pool.request("POST", url + path, json=body, headers={"Host": host} if host else {}, timeout=30.0)


def _tensor(rows: Any) -> dict[str, Any]:
    return {"name": "x", "shape": [len(rows), len(rows[0])], "datatype": "FP64", "data": [value for row in rows for value in row]}


_pool = urllib3.PoolManager(retries=False, maxsize=32)


@pytest.fixture
def service(serving: Api, team: str) -> Service:
    """One named `points`, not made yet."""
    return Service(serving, team, "points")


def model(name: str, **more: Any) -> dict[str, Any]:
    """A model of the site."""
    return {"modelFormat": {"name": "mlflow"}, "storageUri": f"mlflow-artifacts:/{name}", "resources": SMALL, **more}
