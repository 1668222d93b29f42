"""A real canary in the embedded cluster: requests go through its ingress to real model servers, and the engine judges what was counted."""

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import urllib3

from audit.models import Entry
from clusters.bootstrap.register import bootstrap
from clusters.connections import connection
from clusters.models import Cluster
from clusters.serving import serving_of
from deployments.models import Rollout
from deployments.spec import DeploymentSpec
from deployments.traffic import measuring
from reconcile import registry
from reconcile.engine import reconcile
from sandbox.embedded import EmbeddedCluster
from sandbox.processes import spawn, stop
from tests.deploying import make_deployment, make_rollout, make_spec, make_version
from tests.sandbox.serving.site import COLUMNS, artifact_site, make_models
from tests.tenancy import make_due, make_namespace

pytestmark = [
    pytest.mark.registry,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("traffic_end_to_end"),
    pytest.mark.timeout(400),
]
PATIENCE = 120.0
ROW = [[1.0, 2.0, 3.0]]
_pool = urllib3.PoolManager(retries=False)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A champion, a challenger that is as good, one that loads and then fails at every request, and one that does not load."""
    import mlflow
    import pandas as pd
    from mlflow.models import infer_signature
    from sklearn.linear_model import LinearRegression

    folder = tmp_path_factory.mktemp("models")
    make_models(folder)
    table = pd.DataFrame([[1.0, 2.0, 3.0], [3.0, 1.0, 2.0]], columns=COLUMNS)
    model = LinearRegression().fit(table, [1.0, 2.0])
    signature = infer_signature(table, model.predict(table))
    model.coef_ = "not what a prediction is made of"
    mlflow.sklearn.save_model(model, str(folder / "failing"), signature=signature)
    return folder


@pytest.fixture(scope="module")
def kubeconfig(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A cluster with KServe, simulated, that can fetch the models."""
    with EmbeddedCluster(tmp_path_factory.mktemp("cluster")) as cluster, artifact_site(models) as address:
        log = tmp_path_factory.mktemp("log") / "log"
        command = [sys.executable, "-m", "sandbox", "simulate", "--kubeconfig", str(cluster.kubeconfig_path), "--mlflow", address]
        process = spawn(command, log, env=None)
        try:
            yield cluster.kubeconfig_path
        finally:
            stop(process, 5)


def until(found: Callable[[], Any], what: str) -> Any:
    """What it finds, as soon as it finds something."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if answer := found():
            return answer
        time.sleep(0.3)
    raise AssertionError(f"not in {PATIENCE:g} s: {what}")


class Served:
    """A deployment of the champion that answers, and what may be tried beside it."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster, self.api = cluster, connection(cluster)
        self.namespace = make_namespace(cluster, gpus={})
        self.work("namespace", self.namespace.pk)
        self.namespace.refresh_from_db()
        self.deployment = make_deployment(self.namespace, name="points", spec=self.spec("champion"))
        self.work("deployment", self.deployment.pk)
        until(lambda: self._condition("Ready"), "the champion is ready")

    def spec(self, name: str) -> DeploymentSpec:
        version = make_version("points", download_uri=f"mlflow-artifacts:/{name}")
        return replace(make_spec(version), runtime="mlflow", startup_seconds=20)

    def try_out(self, name: str) -> Rollout:
        rollout = make_rollout(self.deployment, self.spec(name), share=30, max_errors=10, min_requests=20)
        self.work("deployment", self.deployment.pk)
        return rollout

    def ready_candidate(self) -> None:
        until(lambda: self._condition("CanaryPredictorReady"), "the candidate is ready")
        until(lambda: any("-r2-" in self.predict()[1] for _ in range(5)), "the candidate gets its share")

    def turn(self, rollout: Rollout) -> None:
        make_due(rollout)
        reconcile("rollout", rollout.pk)
        rollout.refresh_from_db()

    def predict(self) -> tuple[int, str]:
        """The code, and which of both answered."""
        url = f"{self.status()['url']}/v2/models/points/infer"
        tensors = [{"name": name, "shape": [1], "datatype": "FP64", "data": [value]} for name, value in zip(COLUMNS, ROW[0], strict=True)]
        answer = _pool.request("POST", url, json={"inputs": tensors}, timeout=30.0)
        return answer.status, answer.headers.get("x-served-revision", "")

    def status(self) -> dict[str, Any]:
        path = f"/apis/serving.kserve.io/v1beta1/namespaces/{self.namespace.name}/inferenceservices/points"
        return self.api.request("GET", path).get("status") or {}

    def _condition(self, kind: str) -> bool:
        return any(each["type"] == kind and each["status"] == "True" for each in self.status().get("conditions") or [])

    def work(self, kind: str, pk: int) -> None:
        """Attempts of the engine until everything is confirmed."""

        def done() -> bool:
            make_due(registry.kind(kind).model.objects.get(pk=pk))
            outcome = reconcile(kind, pk)
            return outcome is not None and outcome.state == "done"

        until(done, f"{kind} is applied")


@pytest.fixture
def served(kubeconfig: Path) -> Served:
    def connected() -> Cluster | None:
        cluster = bootstrap(kubeconfig, name="main", is_sandbox=True)
        # Its configuration comes last: half of an installation would be read as one that serves otherwise, and nobody reads again here.
        return cluster if serving_of(cluster).domain else None

    return Served(until(connected, "KServe is installed"))


def test_an_erring_challenger_is_rolled_back_by_itself_and_the_numbers_stay(served: Served) -> None:
    rollout = served.try_out("failing")
    served.turn(rollout)
    served.ready_candidate()
    told: list[tuple[int, str]] = []
    while len(told) < 300 and not rollout.ended:
        told += [served.predict() for _ in range(30)]
        served.turn(rollout)
    assert rollout.ended == Rollout.End.ROLLED_BACK
    assert (rollout.ended_by, rollout.figures["source"]) == (None, "ingress")
    candidate = rollout.verdict["candidate"]
    assert candidate["requests"] == candidate["errors"] >= 20
    assert rollout.verdict["stable"]["errors"] == 0
    assert {code for code, side in told if "-r2-" in side} == {500}
    assert Entry.objects.filter(action="rollout.roll_back", actor=None).count() == 1
    served.work("deployment", served.deployment.pk)
    until(lambda: not any("-r2-" in served.predict()[1] for _ in range(10)), "the champion serves alone")


def test_a_healthy_challenger_stays_and_every_request_is_counted(served: Served) -> None:
    rollout = served.try_out("challenger")
    served.turn(rollout)
    served.ready_candidate()
    served.turn(rollout)
    before = {side: rollout.figures[side]["requests"] for side in ("stable", "candidate")}
    told = [served.predict() for _ in range(120)]
    served.turn(rollout)
    assert not rollout.ended
    counted = {side: rollout.figures[side]["requests"] - before[side] for side in ("stable", "candidate")}
    assert counted == {"stable": sum("-r2-" not in side for _, side in told), "candidate": sum("-r2-" in side for _, side in told)}
    assert rollout.figures["candidate"]["errors"] == 0
    assert rollout.figures["candidate"]["p99"] > 0


def test_without_an_ingress_the_servers_own_counters_are_read_through_the_proxy(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "read_ingress", lambda *arguments: "there is no ingress here")
    rollout = served.try_out("challenger")
    served.ready_candidate()
    served.turn(rollout)
    told = [served.predict() for _ in range(40)]
    served.turn(rollout)
    assert rollout.figures["source"] == "servers"
    counted = {side: rollout.figures[side]["requests"] for side in ("stable", "candidate")}
    assert counted == {"stable": sum("-r2-" not in side for _, side in told), "candidate": sum("-r2-" in side for _, side in told)}
    assert rollout.figures["stable"]["p50"] > 0


def test_a_challenger_that_crashes_when_it_loads_is_rolled_back(served: Served) -> None:
    rollout = served.try_out("broken")

    def ended() -> bool:
        served.turn(rollout)
        return bool(rollout.ended)

    until(ended, "it is rolled back")
    (finding,) = rollout.verdict["findings"]
    assert finding["what"] in ("crash_loop", "not_ready")
    assert served.predict()[0] == 200, "nobody who asked the champion has noticed anything"
