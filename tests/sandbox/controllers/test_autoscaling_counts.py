"""The autoscaler's arithmetic, by the documented algorithm."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from sandbox.controllers.autoscaling.behavior import Memory, decide
from sandbox.controllers.autoscaling.replicas import MetricsError, by_average, by_utilization, by_value, by_value_per_pod
from sandbox.controllers.autoscaling.samples import Groups, Sample, group

Object = dict[str, Any]
NOW = datetime(2030, 1, 1, 12, tzinfo=UTC)


def _pod(name: str, *, ready: str = "True", phase: str = "Running", age: int = 3600, changed: int = 3000, **metadata: Any) -> Object:
    conditions = [{"type": "Ready", "status": ready, "lastTransitionTime": _at(changed)}]
    return {"metadata": {"name": name, **metadata}, "status": {"phase": phase, "startTime": _at(age), "conditions": conditions}}


def _at(ago: int) -> str:
    return (NOW - timedelta(seconds=ago)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _samples(*values: int | None, ago: int = 10) -> dict[str, Sample]:
    taken = NOW - timedelta(seconds=ago)
    return {str(at): Sample(Decimal(value), taken, 30) for at, value in enumerate(values) if value is not None}


def _pods(*changes: dict[str, Any]) -> list[Object]:
    return [_pod(str(at), **change) for at, change in enumerate(changes)]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({}, "ready"),
        ({"phase": "Pending"}, "unready"),
        ({"phase": "Failed"}, "ignored"),
        ({"deletionTimestamp": "x"}, "ignored"),
        ({"ready": "False", "age": 60, "changed": 50}, "unready"),
        ({"age": 60, "changed": 15}, "unready"),
        ({"age": 60, "changed": 45}, "ready"),
        ({"ready": "False", "age": 3600, "changed": 3590}, "unready"),
        ({"ready": "False", "age": 3600, "changed": 100}, "ready"),
    ],
)
def test_which_pods_count(change: dict[str, Any], place: str) -> None:
    groups = group([_pod("0", **change)], _samples(5), "cpu", NOW)
    assert {"ready": groups.ready, "unready": len(groups.unready), "ignored": len(groups.ignored)}[place] == 1
    assert groups.ready + len(groups.unready) + len(groups.ignored) + len(groups.missing) == 1


def test_memory_of_a_young_pod_counts() -> None:
    assert group([_pod("0", age=60, changed=15)], _samples(5), "memory", NOW).ready == 1


@pytest.mark.parametrize(
    ("current", "target", "used", "changes", "replicas", "utilization"),
    [
        # 300, 500 and 700 of 1000 each: 50 %.
        (3, 30, (300, 500, 700), ({}, {}, {}), 5, 50),
        (3, 100, (300, 500, 700), ({}, {}, {}), 2, 50),
        # Within a tenth nothing moves.
        (3, 48, (300, 500, 700), ({}, {}, {}), 3, 50),
        (3, 46, (300, 500, 700), ({}, {}, {}), 3, 50),
        (3, 45, (300, 500, 700), ({}, {}, {}), 4, 50),
        # A pod that is not ready counts as idle when more are wanted: 120 % of two is 80 % of three.
        (3, 60, (1200, 1200, 100), ({}, {}, {"phase": "Pending"}), 4, 120),
        # It never turns a scale-up round: (60 + 0) of two is 30 %.
        (2, 50, (600, 100), ({}, {"phase": "Pending"}), 2, 60),
        # Without metrics: idle when more are wanted, fully used when fewer.
        (2, 50, (900, None), ({}, {}), 2, 90),
        (4, 100, (100, 100, 100, None), ({}, {}, {}, {}), 2, 10),
        # One that fails is not counted at all.
        (2, 50, (1000, 1000, 1), ({}, {}, {"phase": "Failed"}), 4, 100),
    ],
)
def test_by_utilization(current: int, target: int, used: tuple[int], changes: tuple[Object], replicas: int, utilization: int) -> None:
    samples, pods = _samples(*used), _pods(*changes)
    requests = {pod["metadata"]["name"]: Decimal(1000) for pod in pods}
    count = by_utilization(current, target, samples, requests, group(pods, samples, "cpu", NOW))
    assert (count.replicas, count.utilization) == (replicas, utilization)


@pytest.mark.parametrize(
    ("current", "target", "values", "changes", "replicas"),
    [
        (3, 15, (20, 10, 30), ({}, {}, {}), 4),
        (3, 30, (10, 10, 10), ({}, {}, {}), 1),
        (3, 20, (20, 21, 22), ({}, {}, {}), 3),
        (3, 20, (50, 50, None), ({}, {}, {}), 5),
        (3, 20, (5, 5, None), ({}, {}, {}), 2),
    ],
)
def test_by_average(current: int, target: int, values: tuple[int], changes: tuple[Object], replicas: int) -> None:
    samples, pods = _samples(*values), _pods(*changes)
    assert by_average(current, Decimal(target), samples, group(pods, samples, "requests", NOW)).replicas == replicas


def test_without_usable_samples_nothing_follows() -> None:
    with pytest.raises(MetricsError, match="did not receive metrics for targeted pods"):
        by_average(2, Decimal(1), _samples(1, 1), Groups(unready={"0", "1"}))


@pytest.mark.parametrize(("current", "ready", "value", "replicas"), [(3, 3, 200, 6), (3, 2, 200, 4), (3, 3, 105, 3), (0, 0, 250, 3)])
def test_by_value(current: int, ready: int, value: int, replicas: int) -> None:
    assert by_value(current, ready, Decimal(100), Decimal(value)).replicas == replicas


@pytest.mark.parametrize(
    ("current", "value", "replicas", "average"), [(2, 500, 5, 250), (5, 510, 5, 102), (4, 100, 1, 25), (0, 150, 2, 150)]
)
def test_by_value_per_pod(current: int, value: int, replicas: int, average: int) -> None:
    count = by_value_per_pod(current, Decimal(100), Decimal(value))
    assert (count.replicas, count.average) == (replicas, average)


def _spec(least: int = 1, most: int = 100, **behavior: Object) -> Object:
    return {"minReplicas": least, "maxReplicas": most, "behavior": behavior}


def _policy(kind: str, value: int, period: int = 60) -> Object:
    return {"type": kind, "value": value, "periodSeconds": period}


@pytest.mark.parametrize(
    ("spec", "current", "desired", "replicas", "limited"),
    [
        (_spec(), 2, 5, 5, "DesiredWithinRange"),
        (_spec(), 2, 50, 6, "ScaleUpLimit"),
        (_spec(), 10, 50, 20, "ScaleUpLimit"),
        (_spec(most=4), 2, 50, 4, "TooManyReplicas"),
        (_spec(least=3, scaleDown={"stabilizationWindowSeconds": 0}), 5, 1, 3, "TooFewReplicas"),
        (_spec(scaleDown={"stabilizationWindowSeconds": 0, "policies": [_policy("Pods", 2)]}), 9, 1, 7, "ScaleDownLimit"),
        (_spec(scaleDown={"stabilizationWindowSeconds": 0, "policies": [_policy("Percent", 10)]}), 80, 1, 72, "ScaleDownLimit"),
        (_spec(scaleDown={"stabilizationWindowSeconds": 0, "selectPolicy": "Disabled"}), 9, 1, 9, "ScaleDownLimit"),
        (_spec(scaleUp={"selectPolicy": "Disabled"}), 3, 9, 3, "ScaleUpLimit"),
        (_spec(scaleUp={"selectPolicy": "Min", "policies": [_policy("Pods", 1), _policy("Percent", 100)]}), 3, 9, 4, "ScaleUpLimit"),
        (_spec(scaleUp={"policies": [_policy("Percent", 10)]}), 10, 30, 11, "ScaleUpLimit"),
    ],
)
def test_rates_and_bounds(spec: Object, current: int, desired: int, replicas: int, limited: str) -> None:
    verdict = decide(spec, current, desired, Memory(), 1000.0)
    assert (verdict.replicas, verdict.limited[0]) == (replicas, limited)
    assert verdict.is_limited == (limited != "DesiredWithinRange")


def test_a_scale_down_waits_for_its_window() -> None:
    memory = Memory()
    first = decide(_spec(), 5, 2, memory, 1000.0)
    assert (first.replicas, first.able[0]) == (5, "ScaleDownStabilized")
    assert decide(_spec(), 5, 3, memory, 1299.0).replicas == 5
    later = decide(_spec(), 5, 2, memory, 1301.0)
    assert (later.replicas, later.able[0]) == (3, "ScaleDownStabilized")
    assert decide(_spec(), 3, 2, memory, 1600.0).able[0] == "ReadyForNewScale"


def test_a_scale_up_can_wait_for_a_window_too() -> None:
    memory, spec = Memory(), _spec(scaleUp={"stabilizationWindowSeconds": 60})
    assert decide(spec, 2, 5, memory, 1000.0).able[0] == "ScaleUpStabilized"
    assert decide(spec, 2, 4, memory, 1061.0).replicas == 4


def test_what_was_done_within_the_period_counts() -> None:
    spec = _spec(scaleUp={"policies": [_policy("Pods", 4)]}, scaleDown={"stabilizationWindowSeconds": 0, "policies": [_policy("Pods", 3)]})
    grown = Memory(changes=[(990.0, 3)])
    assert decide(spec, 5, 50, grown, 1000.0).replicas == 6
    assert decide(spec, 5, 50, Memory(changes=[(930.0, 3)]), 1000.0).replicas == 9
    assert decide(spec, 5, 1, Memory(changes=[(990.0, -2)]), 1000.0).replicas == 4
