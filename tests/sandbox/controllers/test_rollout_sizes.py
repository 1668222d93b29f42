"""How far old ReplicaSets shrink in one pass of a rollout, on its own."""

from typing import Any

from sandbox.controllers.deployments.rollout import sizes_of_old


def _set(name: str, replicas: int, available: int) -> dict[str, Any]:
    metadata = {"name": name, "creationTimestamp": "2026-01-01T00:00:00Z"}
    return {"metadata": metadata, "spec": {"replicas": replicas}, "status": {"availableReplicas": available}}


def _deployment(surge: int, unavailable: int) -> dict[str, Any]:
    rolling = {"maxSurge": surge, "maxUnavailable": unavailable}
    return {"spec": {"replicas": 4, "strategy": {"type": "RollingUpdate", "rollingUpdate": rolling}}}


def test_as_many_go_as_may_be_missed() -> None:
    assert sizes_of_old(_deployment(2, 0), [_set("old", 4, 4)], _set("new", 2, 1)) == {"old": 3}
    assert sizes_of_old(_deployment(2, 0), [_set("old", 4, 4)], _set("new", 2, 0)) == {"old": 4}


def test_a_status_that_lags_lets_no_more_go() -> None:
    assert sizes_of_old(_deployment(2, 0), [_set("old", 3, 4)], _set("new", 2, 2)) == {"old": 2}


def test_those_that_are_not_available_go_first() -> None:
    sets = [_set("broken", 2, 0), _set("well", 2, 2)]
    assert sizes_of_old(_deployment(0, 2), sets, _set("new", 0, 0)) == {"broken": 0, "well": 2}
