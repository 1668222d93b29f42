"""The scheduler's choice, its victims and its words."""

from typing import Any

import pytest

from sandbox.scheduler.demand import demand
from sandbox.scheduler.fitting import choose
from sandbox.scheduler.preemption import Candidate, preempt
from sandbox.scheduler.rooms import Room, Rooms
from tests.contract.objects import container
from tests.contract.objects import pod as make_pod

GPU = "nvidia.com/gpu"
TAINT = {"key": "dedicated", "value": "x", "effect": "NoSchedule"}
READY = {"type": "Ready", "status": "True"}


def pod(name: str = "a", *, uid: str = "", **more: Any) -> dict[str, Any]:
    made = make_pod(name, **more)
    made["metadata"] |= {"uid": uid or name, "namespace": "n"}
    return made


def _room(name: str, *pods: dict[str, Any], labels: dict[str, str] | None = None, ready: str = "True", **spec: Any) -> Room:
    amounts = {key: value for key, value in spec.items() if isinstance(value, str)}
    fields = {key: value for key, value in spec.items() if not isinstance(value, str)}
    allocatable = {"cpu": "8", "memory": "32Gi", "pods": "10", **amounts}
    status = {"allocatable": allocatable, "conditions": [{"type": "Ready", "status": ready}]}
    room = Room(name)
    room.describe({"metadata": {"name": name, "labels": labels or {}}, "spec": fields, "status": status})
    for each in pods:
        room.put(each)
    return room


def _gpus(count: int, name: str = "a", **spec: Any) -> dict[str, Any]:
    return pod(name, requests={GPU: str(count)}, limits={GPU: str(count)}, **spec)


def _words(wanted: dict[str, Any], rooms: list[Room]) -> str:
    verdict = choose(wanted, rooms)
    assert verdict.node is None
    result = preempt(wanted, rooms, verdict) if rooms else ""
    assert isinstance(result, str)
    return verdict.message(result)


def _needs(name: str, key: str, operator: str, *values: str) -> dict[str, Any]:
    return {name: [{"key": key, "operator": operator, "values": list(values)}]}


def test_a_pod_goes_to_the_emptier_node() -> None:
    rooms = [_room("a", pod("x", requests={"cpu": "4"})), _room("b", pod("y", requests={"cpu": "1"}))]
    assert choose(pod(requests={"cpu": "1"}), rooms).node == "b"


def test_a_pod_without_gpus_leaves_gpu_nodes_free() -> None:
    rooms = [_room("gpu", **{GPU: "8"}), _room("cpu", pod("x", requests={"cpu": "6"}))]
    assert choose(pod(requests={"cpu": "1"}), rooms).node == "cpu"
    assert choose(_gpus(1), rooms).node == "gpu"


def test_a_pod_that_fits_nowhere_hears_why() -> None:
    rooms = [_room("a"), _room("b", pod("x", requests={GPU: "3"}), **{GPU: "4"}), _room("c", taints=[TAINT])]
    assert _words(_gpus(2), rooms) == (
        "0/3 nodes are available: 1 node(s) had untolerated taint {dedicated: x}, 2 Insufficient nvidia.com/gpu. "
        "preemption: 0/3 nodes are available: 1 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling."
    )


@pytest.mark.parametrize(
    ("room", "words"),
    [
        (_room("n", unschedulable=True), "1 node(s) were unschedulable."),
        (_room("n", ready="False"), "1 node(s) had untolerated taint {node.kubernetes.io/not-ready: }."),
        (_room("n", ready="Unknown"), "1 node(s) had untolerated taint {node.kubernetes.io/unreachable: }."),
        (_room("n", pods="0"), "1 Too many pods."),
        (_room("n", cpu="1", memory="1Gi"), "1 Insufficient cpu, 1 Insufficient memory."),
        (_room("n", pod("x", hostNetwork=True, containers=[container(ports=[{"containerPort": 80}])])), "1 node(s) didn't have free ports"),
    ],
)
def test_every_reason_has_its_words(room: Room, words: str) -> None:
    wanted = pod(requests={"cpu": "2", "memory": "2Gi"})
    wanted["spec"]["containers"][0]["ports"] = [{"containerPort": 8080, "hostPort": 80}]
    assert choose(wanted, [room]).message().startswith(f"0/1 nodes are available: {words}")


def test_selectors_and_tolerations_are_obeyed() -> None:
    rooms = [_room("plain"), _room("t", labels={"pool": "gpu"}, taints=[TAINT])]
    assert choose(pod(nodeSelector={"pool": "gpu"}), rooms).node is None
    assert choose(pod(nodeSelector={"pool": "gpu"}, tolerations=[{"key": "dedicated", "operator": "Exists"}]), rooms).node == "t"
    assert choose(pod(nodeSelector={"pool": "gpu"}, tolerations=[{"key": "dedicated", "value": "y"}]), rooms).node is None


def test_affinity_to_nodes_is_obeyed_by_labels_numbers_and_names() -> None:
    rooms = [_room("a", labels={"zone": "1", "cards": "4"}), _room("b", labels={"zone": "2", "cards": "8"})]

    def chosen(*terms: dict[str, Any]) -> str | None:
        required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": list(terms)}}
        return choose(pod(affinity={"nodeAffinity": required}), rooms).node

    assert chosen(_needs("matchExpressions", "zone", "NotIn", "1")) == "b"
    assert chosen(_needs("matchExpressions", "cards", "Lt", "5")) == "a"
    assert chosen(_needs("matchFields", "metadata.name", "In", "b")) == "b"
    assert chosen({}) is None
    assert chosen({}, _needs("matchExpressions", "zone", "In", "2")) == "b"


def test_preferences_and_soft_taints_decide_among_fitting_nodes() -> None:
    soft = [{"key": "spot", "value": "y", "effect": "PreferNoSchedule"}]
    rooms = [_room("a", taints=soft), _room("b"), _room("c", pod("x", requests={"cpu": "4"}), labels={"disk": "fast"})]
    assert choose(pod(), rooms).node == "b"
    weighed = {"weight": 5, "preference": _needs("matchExpressions", "disk", "In", "fast")}
    wanted = pod(affinity={"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [weighed]}})
    assert choose(wanted, rooms).node == "c"


def test_a_pod_takes_its_start_its_sidecars_and_its_overhead() -> None:
    def uses(name: str, cpu: str, **more: Any) -> dict[str, Any]:
        return container(name, resources={"requests": {"cpu": cpu}}, **more)

    first = [uses("proxy", "1", restartPolicy="Always"), uses("load", "5")]
    assert demand(pod(containers=[uses("main", "2")], initContainers=first))["cpu"] == 6
    assert demand(pod(containers=[uses("main", "6")], initContainers=first, overhead={"cpu": "500m"}))["cpu"] == 7.5


def test_what_is_taken_comes_back() -> None:
    rooms = Rooms()
    rooms.named("n").describe(
        {"metadata": {"name": "n"}, "spec": {}, "status": {"allocatable": {"cpu": "2", "pods": "9"}, "conditions": [READY]}}
    )
    for _ in range(2):
        rooms.place(pod("x", requests={"cpu": "2"}), "n")
    assert choose(pod(requests={"cpu": "1"}), rooms.all()).node is None
    assert rooms.remove("x") and not rooms.remove("x")
    assert choose(pod(requests={"cpu": "2"}), rooms.all()).node == "n"


def test_the_least_important_pods_make_room() -> None:
    low, middle = _gpus(2, "low", priority=1), _gpus(2, "middle", priority=5)
    rooms = [_room("a", low, middle, **{GPU: "4"}), _room("b", _gpus(4, "high", priority=100), **{GPU: "4"})]
    wanted = _gpus(2, "new", priority=10)
    result = preempt(wanted, rooms, choose(wanted, rooms))
    assert isinstance(result, Candidate)
    assert (result.node, [each["metadata"]["name"] for each in result.victims]) == ("a", ["low"])


def test_room_that_was_made_is_kept_for_whom_it_was_made() -> None:
    room, nominee = _room("a", **{GPU: "4"}), _gpus(4, "nominee", priority=10)
    assert choose(_gpus(1), [room], [("a", nominee)]).node is None
    assert choose(_gpus(1), [room], [("elsewhere", nominee)]).node == "a"


def test_who_may_not_preempt_hears_so() -> None:
    rooms = [_room("a", _gpus(4, "low"), **{GPU: "4"})]
    words = _words(_gpus(2, priority=10, preemptionPolicy="Never"), rooms)
    assert words == "0/1 nodes are available: 1 Insufficient nvidia.com/gpu. preemption: not eligible due to preemptionPolicy=Never."


def test_a_cluster_without_nodes_says_so() -> None:
    assert choose(pod(), []).message() == "no nodes available to schedule pods"
