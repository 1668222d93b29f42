"""Evictions: pods go by them only as far as their PodDisruptionBudget allows."""

from typing import Any

import pytest

from sandbox.controlplane import ControlPlane
from sandbox.embedded import EmbeddedCluster
from tests.contract.client import STRATEGIC, Answer, Api
from tests.contract.objects import pod

REFUSED = "Cannot evict pod as it would violate the pod's disruption budget."
READY = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}


@pytest.fixture(scope="package")
def version(api: Api) -> str:
    """The version of the policy group that this server has."""
    return "v1" if api.get("/apis/policy/v1").code == 200 else "v1beta1"


@pytest.fixture
def budgets(space: str, version: str) -> str:
    return f"/apis/policy/{version}/namespaces/{space}/poddisruptionbudgets"


def _run(api: Api, pods: str, *names: str, **status: Any) -> None:
    """Pods that no node runs, with the status of those that one does."""
    for name in names:
        sent = pod(name)
        sent["metadata"]["labels"] = {"app": "x"}
        assert api.post(pods, sent).code == 201
        assert api.patch(f"{pods}/{name}/status", {"status": status or READY}, STRATEGIC).code == 200


def _limit(api: Api, server: Any, budgets: str, least: int, healthy: int, name: str = "b", pods: int = 0) -> None:
    """A budget that has been counted: by the controller that a real control plane has, else by the test."""
    spec = {"minAvailable": least, "selector": {"matchLabels": {"app": "x"}}}
    created = api.post(budgets, {"metadata": {"name": name}, "spec": spec})
    assert created.code == 201
    counts = {"currentHealthy": healthy, "desiredHealthy": least, "disruptionsAllowed": max(healthy - least, 0)}
    counts["expectedPods"] = pods or healthy
    if isinstance(server, EmbeddedCluster):
        status = {**counts, "observedGeneration": created.body["metadata"]["generation"]}
        assert api.patch(f"{budgets}/{name}/status", {"status": status}).code == 200
    api.until(f"{budgets}/{name}", lambda answer: counts.items() <= answer.body.get("status", {}).items())


def _evict(api: Api, pods: str, name: str, version: str, **more: Any) -> Answer:
    body = {"apiVersion": f"policy/{version}", "kind": "Eviction", "metadata": {"name": name}, **more}
    return api.post(f"{pods}/{name}/eviction", body)


def test_a_pod_without_a_budget_goes(api: Api, pods: str, version: str) -> None:
    _run(api, pods, "a")
    answer = _evict(api, pods, "a", version)
    assert (answer.code, answer.body["status"]) == (201, "Success")
    assert api.get(f"{pods}/a").code == 404


def test_a_budget_that_needs_the_pod_keeps_it(api: Api, server: Any, pods: str, budgets: str, version: str) -> None:
    _run(api, pods, "a")
    _limit(api, server, budgets, 1, 1)
    answer = _evict(api, pods, "a", version)
    assert (answer.code, answer.body["reason"], answer.message) == (429, "TooManyRequests", REFUSED)
    why = "The disruption budget b needs 1 healthy pods and has 1 currently"
    assert answer.body["details"]["causes"] == [{"reason": "DisruptionBudget", "message": why}]
    assert api.get(f"{pods}/a").code == 200


def test_a_budget_is_spent_pod_by_pod(api: Api, server: Any, pods: str, budgets: str, version: str) -> None:
    _run(api, pods, "a", "b")
    _limit(api, server, budgets, 1, 2)
    assert _evict(api, pods, "a", version).code == 201
    assert _evict(api, pods, "b", version).code == 429
    assert api.get(f"{pods}/a").code == 404 and api.get(f"{pods}/b").code == 200
    assert api.get(f"{budgets}/b").body["status"]["disruptionsAllowed"] == 0


def test_a_dry_run_spends_nothing(api: Api, server: Any, pods: str, budgets: str, version: str) -> None:
    _run(api, pods, "a", "b")
    _limit(api, server, budgets, 1, 2)
    assert _evict(api, pods, "a", version, deleteOptions={"dryRun": ["All"]}).code == 201
    assert api.get(f"{pods}/a").code == 200 and api.get(f"{budgets}/b").body["status"]["disruptionsAllowed"] == 1


@pytest.mark.parametrize("phase", ["Pending", "Succeeded", "Failed"])
def test_who_does_not_run_goes_anyway(api: Api, server: Any, pods: str, budgets: str, version: str, phase: str) -> None:
    _run(api, pods, "a")
    _run(api, pods, "b", phase=phase)
    _limit(api, server, budgets, 1, 1, pods=2)
    assert _evict(api, pods, "b", version).code == 201
    assert _evict(api, pods, "a", version).code == 429


def test_two_budgets_are_one_too_many(api: Api, server: Any, pods: str, budgets: str, version: str) -> None:
    _run(api, pods, "a")
    _limit(api, server, budgets, 1, 1, "b")
    _limit(api, server, budgets, 1, 1, "c")
    answer = _evict(api, pods, "a", version)
    assert answer.code == 500 and "more than one PodDisruptionBudget" in answer.message


def test_a_budget_that_nobody_has_counted_lets_nobody_go(api: Api, server: Any, pods: str, budgets: str, version: str) -> None:
    if isinstance(server, ControlPlane):
        # Its controller is quick: a changed budget is uncounted for an instant only, so the test stops here at any answer but a success.
        _run(api, pods, "a")
        _limit(api, server, budgets, 1, 1)
        api.patch(f"{budgets}/b", {"spec": {"minAvailable": 2}})
        assert _evict(api, pods, "a", version).code == 429
        return
    _run(api, pods, "a", "b")
    _limit(api, server, budgets, 1, 2)
    api.patch(f"{budgets}/b", {"spec": {"minAvailable": 2}})
    answer = _evict(api, pods, "a", version)
    assert (answer.code, answer.headers["Retry-After"]) == (429, "10")
    assert answer.body["details"]["causes"][0]["message"] == "The disruption budget b is still being processed by the server."


def test_names_on_url_and_in_eviction_must_agree(api: Api, pods: str, version: str) -> None:
    _run(api, pods, "a")
    body = {"apiVersion": f"policy/{version}", "kind": "Eviction", "metadata": {"name": "b"}}
    assert api.post(f"{pods}/a/eviction", body).code == 400
    assert api.get(f"{pods}/a").code == 200


def test_a_foreign_uid_keeps_the_pod(api: Api, pods: str, version: str) -> None:
    _run(api, pods, "a")
    foreign = {"preconditions": {"uid": "00000000-0000-0000-0000-000000000000"}}
    assert _evict(api, pods, "a", version, deleteOptions=foreign).code == 409
    assert api.get(f"{pods}/a").code == 200
