"""The ingress finds an InferenceService by path and by host, and keeps its turns while pods change."""

from collections import Counter
from typing import Any

import pytest

from sandbox.serving.gateway.table import Table


def _told(*backends: tuple[str, int, list[str]], **more: Any) -> dict[str, Any]:
    listed = [
        {"service": name, "weight": weight, "endpoints": [{"pod": pod, "address": f"{pod}:1"} for pod in pods]}
        for name, weight, pods in backends
    ]
    return {"namespace": "team", "name": "iris", "backends": listed, **more}


@pytest.fixture
def table() -> Table:
    table = Table()
    table.replace([_told(("iris-predictor", 80, ["a"]), ("iris-v2-predictor", 20, ["b"]))])
    return table


@pytest.mark.parametrize(
    ("host", "path", "asked"),
    [
        ("192.0.2.1:30000", "/serving/team/iris/v2/models/iris/infer", "/v2/models/iris/infer"),
        ("192.0.2.1:30000", "/serving/team/iris", "/"),
        ("iris-team.example.com", "/v2", "/v2"),
        ("IRIS-team.192.0.2.1:30000", "/v2", "/v2"),
        ("iris.team", "/v2", "/v2"),
        ("iris.team.svc.cluster.local", "/v2", "/v2"),
    ],
)
def test_it_is_found(table: Table, host: str, path: str, asked: str) -> None:
    found = table.find(host, path)
    assert found and found.route and (found.route.name, found.path, found.backend) == ("iris", asked, None)


@pytest.mark.parametrize(
    "host", ["iris-v2-predictor.team.svc.cluster.local", "iris-v2-predictor-team.example.com", "iris-v2-predictor.team:80"]
)
def test_a_service_of_it_is_found_by_host(table: Table, host: str) -> None:
    found = table.find(host, "/v2")
    assert found and found.backend and found.backend.service == "iris-v2-predictor"


def test_nobody_is_found(table: Table) -> None:
    unknown = table.find("192.0.2.1", "/serving/team/other/v2")
    assert unknown and unknown.route is None
    assert table.find("192.0.2.1:30000", "/metrics") is None and table.find("other-team.example.com", "/") is None


def _turns(table: Table, count: int) -> Counter[str]:
    found = table.find("iris.team", "/")
    assert found and found.route
    chosen = [found.route.choose() for _ in range(count)]
    return Counter(each.service for each in chosen if each)


def test_shares_stay_exact_while_pods_come_and_go(table: Table) -> None:
    seen: Counter[str] = Counter()
    for number in range(100):
        table.replace([_told(("iris-predictor", 80, ["a", f"c{number}"]), ("iris-v2-predictor", 20, ["b"]))])
        seen += _turns(table, 3)
    assert seen == {"iris-predictor": 240, "iris-v2-predictor": 60}


def test_a_canary_without_a_ready_pod_gets_nothing_and_the_stable_one_keeps_its_share(table: Table) -> None:
    table.replace([_told(("iris-predictor", 80, ["a"]), ("iris-v2-predictor", 20, []))])
    assert _turns(table, 50) == {"iris-predictor": 50}
    table.replace([_told(("iris-predictor", 80, []), ("iris-v2-predictor", 20, ["b"]))])
    assert _turns(table, 50) == {"iris-predictor": 40, "iris-v2-predictor": 10}


def test_pods_of_a_service_take_turns(table: Table) -> None:
    table.replace([_told(("iris-predictor", 100, ["a", "b", "c"]))])
    found = table.find("iris.team", "/")
    assert found and found.route
    backend = found.route.backends[0]
    assert Counter(turn.pod for _ in range(30) if (turn := backend.turn())) == {"a": 10, "b": 10, "c": 10}
