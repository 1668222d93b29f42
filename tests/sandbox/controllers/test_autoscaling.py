"""An autoscaler at work on the embedded server: its target, its status, its events."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from sandbox.client.calls import ApiError, Client
from sandbox.client.clock import now
from sandbox.controllers.autoscaling.controller import Autoscaling
from sandbox.embedded import EmbeddedCluster
from sandbox.kubeconfig import read_kubeconfig
from tests.contract.client import STRATEGIC, Answer, Api
from tests.contract.objects import container, deployment, pod
from tests.sandbox.controllers.playing import playing

Object = dict[str, Any]
pytestmark = pytest.mark.xdist_group("autoscaling")
QUICK = {"scaleDown": {"stabilizationWindowSeconds": 0}}
HALF = {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}}}


@dataclass
class Metrics:
    """A source of metrics in front of the server, which has none of its own: {path: items}."""

    client: Client | None = None
    items: dict[str, list[Object]] = field(default_factory=dict)

    async def call(self, method: str, path: str, *arguments: Any, **options: Any) -> Object:
        bare = urlsplit(path).path
        if ".metrics.k8s.io/" in bare or bare.startswith("/apis/metrics.k8s.io/"):
            if bare not in self.items:
                raise ApiError(404, "the server could not find the requested resource")
            return {"items": self.items[bare]}
        assert self.client
        return await self.client.call(method, path, *arguments, **options)


@dataclass
class Playground:
    """One namespace with a Deployment of pods that use what the test says."""

    api: Api
    metrics: Metrics
    path: str

    def uses(self, *amounts: str | None) -> None:
        """The CPU that the pods p0, p1, ... use now; None for one without metrics."""
        root = self.path.replace("/api/v1", "/apis/metrics.k8s.io/v1beta1")
        self.metrics.items[f"{root}/pods"] = [
            {"metadata": {"name": f"p{at}"}, "timestamp": now(), "window": "0s", "containers": [{"name": "main", "usage": {"cpu": amount}}]}
            for at, amount in enumerate(amounts)
            if amount
        ]

    def autoscale(self, *metrics: Object, **spec: Any) -> str:
        """Create the autoscaler and return its path."""
        target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
        body = {"metadata": {"name": "web"}, "spec": {"scaleTargetRef": target, "maxReplicas": 10, "metrics": list(metrics), **spec}}
        path = self.path.replace("/api/v1", "/apis/autoscaling/v2") + "/horizontalpodautoscalers"
        assert self.api.post(path, body).code == 201
        return f"{path}/web"

    def until_size(self, replicas: int) -> None:
        """Wait until the Deployment wants so many."""
        path = self.path.replace("/api/v1", "/apis/apps/v1") + "/deployments/web"
        self.api.until(path, lambda answer: answer.body["spec"]["replicas"] == replicas)

    def events(self) -> set[tuple[str, str]]:
        return {(each["reason"], each["message"]) for each in self.api.get(f"{self.path}/events").body["items"]}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Api, Metrics]]:
    with EmbeddedCluster(tmp_path_factory.mktemp("autoscaling")) as cluster:
        access, metrics = read_kubeconfig(Path(cluster.kubeconfig_path)), Metrics()
        assert access.ca_pem

        def parts(client: Any, informers: Any, events: Any) -> list[Any]:
            metrics.client = client
            return [Autoscaling(metrics, informers, events, sync=0.2).run()]  # type: ignore[arg-type]

        with playing(cluster.kubeconfig_path, parts):
            yield Api(access.server, access.ca_pem, access.token), metrics


@pytest.fixture
def playground(served: tuple[Api, Metrics]) -> Playground:
    api, metrics = served
    name = f"a-{secrets.token_hex(4)}"
    api.post("/api/v1/namespaces", {"metadata": {"name": name}})
    path = f"/api/v1/namespaces/{name}"
    api.until(f"{path}/serviceaccounts/default", lambda answer: answer.code == 200)
    api.post(f"/apis/apps/v1/namespaces/{name}/deployments", deployment("web", container(), replicas=2))
    for number in range(2):
        body = pod(f"p{number}", requests={"cpu": "1"})
        body["metadata"]["labels"] = {"app": "web"}
        api.post(f"{path}/pods", body)
        ready = [{"type": "Ready", "status": "True", "lastTransitionTime": "2020-01-01T00:00:00Z"}]
        status = {"phase": "Running", "startTime": "2020-01-01T00:00:00Z", "conditions": ready}
        api.patch(f"{path}/pods/p{number}/status", {"status": status}, STRATEGIC)
    return Playground(api, metrics, path)


def _condition(answer: Answer, name: str) -> Object:
    return next((each for each in (answer.body.get("status") or {}).get("conditions") or [] if each["type"] == name), {})


def test_load_makes_more_replicas_and_idleness_fewer(playground: Playground) -> None:
    playground.uses("1", "1")
    path = playground.autoscale(HALF, behavior=QUICK)
    playground.until_size(4)
    answer = playground.api.until(path, lambda answer: answer.body.get("status", {}).get("lastScaleTime"))
    assert _condition(answer, "ScalingActive")["reason"] == "ValidMetricFound"
    current = answer.body["status"]["currentMetrics"][0]
    assert current == {"type": "Resource", "resource": {"name": "cpu", "current": {"averageUtilization": 100, "averageValue": "1"}}}
    reason = "New size: 4; reason: cpu resource utilization (percentage of request) above target"
    playground.api.until(path, lambda _: ("SuccessfulRescale", reason) in playground.events())
    playground.uses("100m", "100m")
    playground.until_size(1)
    playground.api.until(path, lambda _: ("SuccessfulRescale", "New size: 1; reason: All metrics below target") in playground.events())


def test_without_metrics_it_says_so_and_leaves_the_size(playground: Playground) -> None:
    path = playground.autoscale(HALF)
    answer = playground.api.until(path, lambda answer: _condition(answer, "ScalingActive").get("status") == "False")
    told = _condition(answer, "ScalingActive")
    assert told["reason"] == "FailedGetResourceMetric"
    assert told["message"] == (
        "the HPA was unable to compute the replica count: failed to get cpu utilization: unable to get metrics for resource cpu: "
        "unable to fetch metrics from resource metrics API: the server could not find the requested resource"
    )
    assert _condition(answer, "AbleToScale")["reason"] == "SucceededGetScale"
    playground.until_size(2)
    playground.api.until(
        path, lambda _: {"FailedGetResourceMetric", "FailedComputeMetricsReplicas"} <= {each[0] for each in playground.events()}
    )
    playground.uses("1", "1")
    playground.until_size(4)


def test_a_missing_metric_prevents_fewer_but_not_more(playground: Playground) -> None:
    lost = {"type": "External", "external": {"metric": {"name": "lost"}, "target": {"type": "Value", "value": "1"}}}
    playground.uses("10m", "10m")
    path = playground.autoscale(HALF, lost, behavior=QUICK)
    answer = playground.api.until(path, lambda answer: _condition(answer, "ScalingActive").get("status") == "False")
    assert _condition(answer, "ScalingActive")["reason"] == "FailedGetExternalMetric"
    playground.until_size(2)
    playground.uses("1", "1")
    playground.until_size(4)


def test_an_external_metric_counts(playground: Playground) -> None:
    root = playground.path.replace("/api/v1", "/apis/external.metrics.k8s.io/v1beta1")
    playground.metrics.items[f"{root}/queue"] = [{"metricName": "queue", "value": "20"}, {"metricName": "queue", "value": "30"}]
    metric = {"metric": {"name": "queue"}, "target": {"type": "AverageValue", "averageValue": "10"}}
    path = playground.autoscale({"type": "External", "external": metric})
    playground.until_size(5)
    shown = {"type": "External", "external": {"metric": {"name": "queue"}, "current": {"averageValue": "10"}}}
    answer = playground.api.until(path, lambda answer: answer.body["status"].get("currentMetrics"))
    (told,) = answer.body["status"]["currentMetrics"]
    assert (told["type"], told["external"]["metric"]) == ("External", shown["external"]["metric"])


def test_bounds_hold_whatever_the_metrics_say(playground: Playground) -> None:
    path = playground.autoscale(HALF, minReplicas=3)
    playground.until_size(3)
    reason = "New size: 3; reason: Current number of replicas below Spec.MinReplicas"
    playground.api.until(path, lambda _: ("SuccessfulRescale", reason) in playground.events())
    playground.uses("1", "1")
    playground.api.patch(path, {"spec": {"maxReplicas": 3}})
    limited = playground.api.until(path, lambda answer: _condition(answer, "ScalingLimited").get("status") == "True")
    assert _condition(limited, "ScalingLimited")["reason"] == "TooManyReplicas"


def test_a_target_that_is_not_there_is_told(playground: Playground) -> None:
    path = playground.autoscale(HALF)
    playground.api.patch(path, {"spec": {"scaleTargetRef": {"name": "nobody"}}})
    answer = playground.api.until(path, lambda answer: _condition(answer, "AbleToScale").get("status") == "False")
    assert _condition(answer, "AbleToScale")["reason"] == "FailedGetScale"
    assert 'deployments.apps "nobody" not found' in _condition(answer, "AbleToScale")["message"]


def test_a_request_is_needed_for_utilization(playground: Playground) -> None:
    playground.uses("1", "1")
    bare = pod("p2")
    bare["metadata"]["labels"] = {"app": "web"}
    playground.api.post(f"{playground.path}/pods", bare)
    answer = playground.api.until(playground.autoscale(HALF), lambda answer: _condition(answer, "ScalingActive").get("status") == "False")
    assert _condition(answer, "ScalingActive")["message"].endswith("missing request for cpu in container main of Pod p2")
