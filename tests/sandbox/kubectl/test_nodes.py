"""kubectl cordon, taint and drain."""

import re

from tests.sandbox.kubectl.conftest import Kubectl
from tests.sandbox.kubectl.objects import pod


def test_a_node_is_drained_and_taken_back(kubectl: Kubectl) -> None:
    node = "sandbox-a100-1"
    kubectl.apply(pod("a", nodeSelector={"kubernetes.io/hostname": node}))
    kubectl("wait", "--for=condition=Ready", "pod/a", "--timeout=30s")
    assert "cannot delete" in kubectl.fails("drain", node, "--ignore-daemonsets", "--timeout=20s")
    printed = kubectl("drain", node, "--ignore-daemonsets", "--force", "--timeout=50s")
    assert f"evicting pod {kubectl.namespace}/a" in kubectl.run("get", "node").stderr + printed or "pod/a evicted" in printed
    assert re.search(rf"{node} +Ready,SchedulingDisabled", kubectl("get", "nodes"))
    assert "NotFound" in kubectl.fails("get", "pod", "a")
    assert kubectl("uncordon", node) == f"node/{node} uncordoned\n"
    assert "SchedulingDisabled" not in kubectl("get", "node", node)


def test_a_node_is_tainted(kubectl: Kubectl) -> None:
    node = "sandbox-h100-2"
    assert kubectl("taint", "node", node, "k=v:NoSchedule") == f"node/{node} tainted\n"
    taints = kubectl.json("get", "node", node)["spec"]["taints"]
    assert {"key": "k", "value": "v", "effect": "NoSchedule"} in taints
    assert kubectl("taint", "node", node, "k:NoSchedule-") == f"node/{node} untainted\n"
