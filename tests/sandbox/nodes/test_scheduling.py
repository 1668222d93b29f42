"""The scheduler at work, on both API servers."""

import secrets
import time

import pytest

from tests.contract.objects import pod as make_pod
from tests.sandbox.nodes.conftest import Object, World, condition, is_ready, named

GPU = "nvidia.com/gpu"
A100 = {"sandbox.slipway.dev/pool": "a100"}


def _gpus(count: int) -> Object:
    return named("main", resources={"limits": {GPU: str(count)}})


def _priority(world: World, value: int, **more: str) -> str:
    name = f"priority-{secrets.token_hex(4)}"
    body = {"metadata": {"name": name}, "value": value, **more}
    assert world.api.post("/apis/scheduling.k8s.io/v1/priorityclasses", body).code == 201
    # A real API server admits pods by its own copy of the classes, which is a moment behind.
    end, probe = time.monotonic() + 15, make_pod("probe", priorityClassName=name)
    while world.api.post(world.pods, probe, dryRun="All").code != 201:
        assert time.monotonic() < end
    return name


def _is_refused(pod: Object) -> bool:
    return condition(pod, "PodScheduled").get("reason") == "Unschedulable"


def test_a_more_important_pod_takes_the_place_of_another(world: World) -> None:
    low = world.create("low", _gpus(3), nodeSelector=A100)
    world.until(low, is_ready)
    high = world.create("high", _gpus(3), nodeSelector=A100, priorityClassName=_priority(world, 1000))
    pod = world.until(high, is_ready, 30)
    assert pod["spec"]["nodeName"] == "sandbox-a100-1" and pod["status"]["nominatedNodeName"] == "sandbox-a100-1"
    assert world.event("low", "Preempted")["message"] == f"Preempted by pod {pod['metadata']['uid']} on node sandbox-a100-1"
    assert world.api.get(low).code == 404
    world.api.delete(high)


def test_one_that_must_not_preempt_waits(world: World) -> None:
    low = world.create("low", _gpus(4), nodeSelector=A100)
    world.until(low, is_ready)
    patient = _priority(world, 1000, preemptionPolicy="Never")
    pod = world.until(world.create("high", _gpus(1), nodeSelector=A100, priorityClassName=patient), _is_refused)
    message = condition(pod, "PodScheduled")["message"]
    assert message.startswith("0/7 nodes are available: 1 Insufficient nvidia.com/gpu, ")
    assert message.endswith(". preemption: not eligible due to preemptionPolicy=Never.")
    assert world.event("high", "FailedScheduling")["message"] == message
    world.api.delete(low)
    world.until(f"{world.pods}/high", is_ready)


def test_pods_share_mig_slices_and_time_shared_cards(world: World) -> None:
    wanted = named("main", resources={"limits": {"nvidia.com/mig-1g.10gb": "1"}})
    pod = world.until(world.create("plain", wanted), _is_refused)
    assert "1 node(s) had untolerated taint {nvidia.com/gpu: present}" in condition(pod, "PodScheduled")["message"]
    tolerant = world.create("tolerant", wanted, tolerations=[{"key": "nvidia.com/gpu", "operator": "Exists"}])
    assert world.until(tolerant, is_ready)["spec"]["nodeName"] == "sandbox-mig-1"
    shared = world.create("shared", named("main", resources={"limits": {"nvidia.com/gpu.shared": "1"}}))
    assert world.until(shared, is_ready)["spec"]["nodeName"] == "sandbox-shared-1"


def test_a_cordoned_node_takes_no_pods_until_it_does(world: World) -> None:
    node = "/api/v1/nodes/sandbox-shared-1"
    world.api.patch(node, {"spec": {"unschedulable": True}})
    try:
        path = world.create(nodeSelector={"sandbox.slipway.dev/pool": "shared"})
        pod = world.until(path, _is_refused)
        assert "1 node(s) were unschedulable" in condition(pod, "PodScheduled")["message"]
    finally:
        world.api.patch(node, {"spec": {"unschedulable": None}})
    world.until(path, is_ready)


def test_claims_are_waited_for(world: World) -> None:
    path = world.create(volumes=[{"name": "v", "persistentVolumeClaim": {"claimName": "data"}}])
    pod = world.until(path, _is_refused)
    words = 'persistentvolumeclaim "data" not found. preemption: 0/7 nodes are available: 7 Preemption is not helpful for scheduling.'
    assert condition(pod, "PodScheduled")["message"] == f"0/7 nodes are available: {words}"
    claim = {"accessModes": ["ReadWriteOnce"], "storageClassName": "absent", "resources": {"requests": {"storage": "1Gi"}}}
    world.api.post(f"/api/v1/namespaces/{world.space}/persistentvolumeclaims", {"metadata": {"name": "data"}, "spec": claim})
    unbound = "0/7 nodes are available: pod has unbound immediate PersistentVolumeClaims."
    world.until(path, lambda pod: condition(pod, "PodScheduled")["message"].startswith(unbound))


def test_gates_hold_a_pod_back(world: World) -> None:
    path = world.create(schedulingGates=[{"name": "example.org/gate"}])
    pod = world.api.get(path).body
    if "schedulingGates" not in pod["spec"]:
        pytest.skip("an API server before 1.26 knows no scheduling gates")
    pod = world.until(path, lambda pod: condition(pod, "PodScheduled"))
    gated = condition(pod, "PodScheduled")
    assert (gated["reason"], gated["message"]) == ("SchedulingGated", "Scheduling is blocked due to non-empty scheduling gates")


def test_a_crowd_is_placed_without_overfilling_a_node(world: World) -> None:
    for number in range(12):
        world.create(f"p-{number}", _gpus(2), nodeSelector={"sandbox.slipway.dev/pool": "h100"})

    def settled(answer: Object) -> bool:
        return all(pod["spec"].get("nodeName") or _is_refused(pod) for pod in answer["items"])

    pods = world.until(world.pods, settled)["items"]
    counts = [sum(pod["spec"].get("nodeName") == f"sandbox-h100-{number}" for pod in pods) for number in (1, 2)]
    assert counts == [4, 4]
