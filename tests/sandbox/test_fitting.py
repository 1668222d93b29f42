"""The scheduler's choice and its words."""

from decimal import Decimal
from typing import Any

from sandbox.simulate.fitting import choose
from tests.contract.objects import pod

GPU = "nvidia.com/gpu"


def _node(name: str, *, labels: dict[str, str] | None = None, taints: list[dict[str, str]] | None = None, **amounts: str) -> dict[str, Any]:
    allocatable = {"cpu": "8", "memory": "32Gi", "pods": "10", **amounts}
    return {"metadata": {"name": name, "labels": labels or {}}, "spec": {"taints": taints or []}, "status": {"allocatable": allocatable}}


def test_a_pod_goes_to_the_emptier_node() -> None:
    taken = {"a": {"cpu": Decimal(4)}, "b": {"cpu": Decimal(1)}}
    assert choose(pod(requests={"cpu": "1"}), [_node("a"), _node("b")], taken) == ("b", "")


def test_a_pod_without_gpus_leaves_gpu_nodes_free() -> None:
    nodes = [_node("gpu", **{GPU: "8"}), _node("cpu")]
    assert choose(pod(requests={"cpu": "1"}), nodes, {"cpu": {"cpu": Decimal(6)}})[0] == "cpu"
    assert choose(pod(requests={GPU: "1"}, limits={GPU: "1"}), nodes, {})[0] == "gpu"


def test_a_pod_that_fits_nowhere_hears_why() -> None:
    nodes = [_node("a"), _node("b", **{GPU: "4"}), _node("c", taints=[{"key": "dedicated", "value": "x", "effect": "NoSchedule"}])]
    name, message = choose(pod(requests={GPU: "8"}, limits={GPU: "8"}), nodes, {})
    assert name is None
    assert message == (
        "0/3 nodes are available: 1 node(s) had untolerated taint {dedicated: x}, 2 Insufficient nvidia.com/gpu. "
        "preemption: 0/3 nodes are available: 2 No preemption victims found for incoming pod, 1 Preemption is not helpful for scheduling."
    )


def test_selectors_and_tolerations_are_obeyed() -> None:
    tainted = _node("t", labels={"pool": "gpu"}, taints=[{"key": "dedicated", "value": "x", "effect": "NoSchedule"}])
    nodes = [_node("plain"), tainted]
    assert choose(pod(nodeSelector={"pool": "gpu"}), nodes, {})[0] is None
    tolerant = pod(nodeSelector={"pool": "gpu"}, tolerations=[{"key": "dedicated", "operator": "Exists"}])
    assert choose(tolerant, nodes, {})[0] == "t"


def test_a_cluster_without_nodes_says_so() -> None:
    assert choose(pod(), [], {}) == (None, "no nodes available to schedule pods")
