"""PodDisruptionBudgets: their status, and what an eviction or a drain meets."""

from typing import Any

import pytest

from tests.contract.client import Api
from tests.contract.objects import container, deployment
from tests.sandbox.controllers.conftest import Kubectl, Simulated
from tests.sandbox.controllers.seen import NOTE, apps, batch, condition, events_of, pods_of, status

COUNTS = ("expectedPods", "currentHealthy", "desiredHealthy", "disruptionsAllowed")


@pytest.fixture
def budgets(api: Api, space: str) -> str:
    version = "v1" if api.get("/apis/policy/v1").code == 200 else "v1beta1"
    return f"/apis/policy/{version}/namespaces/{space}/poddisruptionbudgets"


def _deploy(api: Api, space: str, replicas: int, name: str = "a") -> None:
    assert api.post(apps(space, "deployments"), deployment(name, container(), replicas=replicas)).code == 201
    api.until(apps(space, "deployments", name), lambda answer: status(answer, "availableReplicas") == (replicas,), 30)


def _limit(api: Api, budgets: str, app: str = "a", **bound: Any) -> str:
    assert api.post(budgets, {"metadata": {"name": "b"}, "spec": {"selector": {"matchLabels": {"app": app}}, **bound}}).code == 201
    return f"{budgets}/b"


@pytest.mark.parametrize(
    ("bound", "expected"),
    [
        ({"maxUnavailable": 1}, (3, 3, 2, 1)),
        ({"maxUnavailable": "50%"}, (3, 3, 1, 2)),
        ({"minAvailable": 2}, (3, 3, 2, 1)),
        ({"minAvailable": "50%"}, (3, 3, 2, 1)),
        ({"minAvailable": "100%"}, (3, 3, 3, 0)),
    ],
)
def test_a_budget_counts_what_may_go(api: Api, space: str, budgets: str, bound: dict[str, Any], expected: tuple[int, ...]) -> None:
    _deploy(api, space, 3)
    path = _limit(api, budgets, **bound)
    found = api.until(path, lambda answer: status(answer, *COUNTS) == expected, 20).body
    assert found["status"]["observedGeneration"] == found["metadata"]["generation"]


def test_a_budget_follows_the_scale(api: Api, space: str, budgets: str) -> None:
    _deploy(api, space, 1)
    path = _limit(api, budgets, maxUnavailable=1)
    api.until(path, lambda answer: status(answer, *COUNTS) == (1, 1, 0, 1), 20)
    api.patch(apps(space, "deployments", "a") + "/scale", {"spec": {"replicas": 3}})
    api.until(path, lambda answer: status(answer, *COUNTS) == (3, 3, 2, 1), 30)


def test_a_pod_that_gets_unready_is_missed(api: Api, space: str, budgets: str) -> None:
    _deploy(api, space, 2)
    path = _limit(api, budgets, minAvailable=1)
    api.until(path, lambda answer: status(answer, "disruptionsAllowed") == (1,), 20)
    name = pods_of(api, space, "app=a")[0]["metadata"]["name"]
    api.patch(f"/api/v1/namespaces/{space}/pods/{name}", {"metadata": {"annotations": {f"{NOTE}unready-after-seconds": "0"}}})
    api.until(path, lambda answer: status(answer, *COUNTS) == (2, 1, 1, 0), 30)


def test_an_evicted_pod_is_replaced_before_the_next_may_go(api: Api, space: str, budgets: str) -> None:
    _deploy(api, space, 2)
    path = _limit(api, budgets, maxUnavailable=1)
    api.until(path, lambda answer: status(answer, "disruptionsAllowed") == (1,), 20)
    first, second = (each["metadata"]["name"] for each in pods_of(api, space, "app=a"))
    evictions = f"/api/v1/namespaces/{space}/pods/{{}}/eviction"
    assert api.post(evictions.format(first), {"metadata": {"name": first}}).code == 201
    assert api.post(evictions.format(second), {"metadata": {"name": second}}).code == 429
    api.until(path, lambda answer: status(answer, *COUNTS) == (2, 2, 1, 1), 30)
    assert "disruptedPods" not in api.get(path).body["status"]
    assert api.post(evictions.format(second), {"metadata": {"name": second}}).code == 201


def test_a_drain_waits_for_the_budget(api: Api, space: str, budgets: str, kubectl: Kubectl) -> None:
    _deploy(api, space, 1, space)
    path = _limit(api, budgets, space, minAvailable=1)
    api.until(path, lambda answer: status(answer, *COUNTS) == (1, 1, 1, 0), 20)
    (pod,) = pods_of(api, space, f"app={space}")
    node = pod["spec"]["nodeName"]
    try:
        with pytest.raises(AssertionError, match="would violate the pod's disruption budget"):
            kubectl("drain", node, f"--pod-selector=app={space}", "--timeout=3s")
        assert [each["metadata"]["uid"] for each in pods_of(api, space, f"app={space}")] == [pod["metadata"]["uid"]]
        api.delete(path)
        assert "evicted" in kubectl("drain", node, f"--pod-selector=app={space}", "--timeout=40s")
    finally:
        kubectl("uncordon", node)


def test_what_cannot_be_counted_keeps_its_pods(api: Api, space: str, budgets: str, simulated: Simulated) -> None:
    template = {"metadata": {"labels": {"app": "a"}}, "spec": {"restartPolicy": "Never", "containers": [container()]}}
    assert api.post(batch(space, "jobs"), {"metadata": {"name": "j"}, "spec": {"template": template}}).code == 201
    path = _limit(api, budgets, maxUnavailable=1)
    api.until("/version", lambda _: any(each[0] == "CalculateExpectedPodCountFailed" for each in events_of(api, space, "b")), 20)
    assert "Job does not implement the scale subresource" in events_of(api, space, "b")[0][1]
    assert status(api.get(path), "disruptionsAllowed") == (0,)
    if simulated.is_embedded:
        assert condition(api.get(path), "DisruptionAllowed")["reason"] == "SyncFailed"
