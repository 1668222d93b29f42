"""Nodes that fall silent, and what becomes of their pods."""

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.client.clock import now, now_micro
from sandbox.controllers.nodes.eviction import TaintEviction
from sandbox.controllers.nodes.health import patience, taints
from sandbox.controllers.nodes.monitor import NodeMonitor
from sandbox.controllers.nodes.orphans import Orphans
from sandbox.controlplane import ControlPlane
from sandbox.embedded import EmbeddedCluster
from sandbox.kubeconfig import read_kubeconfig
from tests.contract.client import STRATEGIC, Answer, Api
from tests.contract.objects import pod
from tests.sandbox.controllers.conftest import _bare
from tests.sandbox.controllers.playing import playing

Object = dict[str, Any]
GRACE = 1.5
LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"
PODS = "/api/v1/namespaces/default/pods"
UNREACHABLE, NOT_READY = "node.kubernetes.io/unreachable", "node.kubernetes.io/not-ready"
SERVERS = [
    pytest.param("sandbox", marks=pytest.mark.xdist_group("nodes-sandbox")),
    pytest.param("bare", marks=[pytest.mark.xdist_group("nodes-bare"), pytest.mark.control_plane]),
]


@pytest.fixture(scope="module", params=SERVERS)
def api(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    folder: Path = tmp_path_factory.mktemp(request.param)
    with (
        EmbeddedCluster(folder)
        if request.param == "sandbox"
        else ControlPlane(folder, assets=_bare(folder), custom_objects=False) as cluster
    ):
        access = read_kubeconfig(cluster.kubeconfig_path)
        assert access.ca_pem
        own = Api(access.server, access.ca_pem, access.token)
        for name in ("default", "kube-node-lease"):
            own.until(f"/api/v1/namespaces/{name}", lambda answer: answer.code == 200)
        with playing(
            cluster.kubeconfig_path,
            lambda client, informers, events: [
                NodeMonitor(client, informers, events, grace=GRACE).run(),
                TaintEviction(client, informers, events).run(),
                Orphans(client, informers, quarantine=GRACE).run(),
            ],
        ):
            yield own


@pytest.fixture
def node(api: Api) -> Iterator[str]:
    """A node that has just spoken for the last time."""
    name = f"n-{secrets.token_hex(4)}"
    assert api.post("/api/v1/nodes", {"metadata": {"name": name}}).code == 201
    _speak(api, name)
    yield f"/api/v1/nodes/{name}"
    api.delete(f"/api/v1/nodes/{name}")


def _speak(api: Api, name: str, ready: str = "True") -> None:
    lease = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": name}}
    spec = {"holderIdentity": name, "leaseDurationSeconds": 40, "renewTime": now_micro()}
    api.until("/version", lambda _: api.apply(f"{LEASES}/{name}", {**lease, "spec": spec}, "kubelet", force="true").code in (200, 201))
    healthy = [(kind, "False") for kind in ("MemoryPressure", "DiskPressure", "PIDPressure")]
    conditions = [
        {"type": kind, "status": status, "reason": "Told", "lastHeartbeatTime": now(), "lastTransitionTime": now()}
        for kind, status in [*healthy, ("Ready", ready)]
    ]
    patch = {"status": {"conditions": conditions}}
    api.until("/version", lambda _: api.patch(f"/api/v1/nodes/{name}/status", patch, STRATEGIC).code == 200)


def _pod(api: Api, node: str, seconds: int | None) -> str:
    """The path of a running pod on a node whose loss it endures for so long."""
    more = {} if seconds is None else {"tolerationSeconds": seconds}
    tolerations = [{"key": key, "operator": "Exists", "effect": "NoExecute", **more} for key in (UNREACHABLE, NOT_READY)]
    body = pod(f"p-{secrets.token_hex(4)}", nodeName=node.rsplit("/", 1)[1], tolerations=tolerations)
    api.until("/version", lambda _: api.post(PODS, body).code in (201, 409))
    path = f"{PODS}/{body['metadata']['name']}"
    status = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True", "lastTransitionTime": now()}]}
    assert api.patch(f"{path}/status", {"status": status}, STRATEGIC).code == 200
    return path


def _conditions(answer: Answer) -> dict[str, Object]:
    return {each["type"]: each for each in answer.body["status"].get("conditions") or []}


def _taints(answer: Answer) -> set[tuple[str, str]]:
    return {(each["key"], each["effect"]) for each in answer.body["spec"].get("taints") or []}


def _reasons(api: Api, name: str) -> set[str]:
    return {
        each["reason"] for each in api.get("/api/v1/namespaces/default/events", fieldSelector=f"involvedObject.name={name}").body["items"]
    }


def test_a_silent_node_is_unknown_and_tainted(api: Api, node: str) -> None:
    path = _pod(api, node, None)
    lost = api.until(node, lambda answer: _conditions(answer)["Ready"]["status"] == "Unknown")
    ready = _conditions(lost)["Ready"]
    assert (ready["reason"], ready["message"]) == ("NodeStatusUnknown", "Kubelet stopped posting node status.")
    assert {each["status"] for each in _conditions(lost).values()} == {"Unknown"}
    api.until(node, lambda answer: _taints(answer) == {(UNREACHABLE, "NoSchedule"), (UNREACHABLE, "NoExecute")})
    api.until(path, lambda answer: _conditions(answer)["Ready"]["status"] == "False")
    api.until(node, lambda answer: "NodeNotReady" in _reasons(api, node.rsplit("/", 1)[1]))
    api.until(path, lambda answer: "NodeNotReady" in _reasons(api, path.rsplit("/", 1)[1]))


def test_pods_are_evicted_after_their_time_and_wait_for_their_node(api: Api, node: str) -> None:
    short, patient = _pod(api, node, 1), _pod(api, node, 3600)
    going = api.until(short, lambda answer: "deletionTimestamp" in answer.body["metadata"])
    assert _conditions(going)["DisruptionTarget"]["reason"] == "DeletionByTaintManager"
    assert "deletionTimestamp" not in api.get(patient).body["metadata"]
    api.until(node, lambda answer: "TaintManagerEviction" in _reasons(api, short.rsplit("/", 1)[1]))
    assert api.get(short).code == 200
    assert api.delete(short, {"apiVersion": "v1", "kind": "DeleteOptions", "gracePeriodSeconds": 0}).code == 200
    assert api.get(short).code == 404


def test_a_node_that_returns_loses_its_taints(api: Api, node: str) -> None:
    patient = _pod(api, node, 3600)
    api.until(node, lambda answer: (UNREACHABLE, "NoExecute") in _taints(answer))
    _speak(api, node.rsplit("/", 1)[1])
    api.until(node, lambda answer: not _taints(answer))
    events = "/api/v1/namespaces/default/events"
    name = patient.rsplit("/", 1)[1]
    api.until(events, lambda answer: any(f"Cancelling deletion of Pod default/{name}" == each["message"] for each in answer.body["items"]))
    assert "deletionTimestamp" not in api.get(patient).body["metadata"]


def test_a_node_that_says_it_is_not_ready_is_tainted_as_such(api: Api, node: str) -> None:
    _speak(api, node.rsplit("/", 1)[1], "False")
    api.until(node, lambda answer: _taints(answer) == {(NOT_READY, "NoSchedule"), (NOT_READY, "NoExecute")})


def test_taints_of_others_stay(api: Api, node: str) -> None:
    own = {"key": "dedicated", "value": "gpu", "effect": "NoSchedule"}
    api.until(node, lambda answer: not _taints(answer))
    assert api.patch(node, {"spec": {"taints": [own], "unschedulable": True}}).code == 200
    api.until(node, lambda answer: {("dedicated", "NoSchedule"), ("node.kubernetes.io/unschedulable", "NoSchedule")} <= _taints(answer))
    assert own in api.get(node).body["spec"]["taints"]


def test_pods_of_a_deleted_node_are_collected(api: Api, node: str) -> None:
    path = _pod(api, node, None)
    api.delete(node)
    api.until(path, lambda answer: answer.code == 404)


@pytest.mark.parametrize(
    ("tolerations", "seconds"),
    [
        ([], 0.0),
        ([{"operator": "Exists"}], None),
        ([{"key": UNREACHABLE, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300}], 300.0),
        ([{"key": UNREACHABLE, "operator": "Exists", "tolerationSeconds": -5}], 0.0),
        ([{"key": NOT_READY, "operator": "Exists", "effect": "NoExecute"}], 0.0),
        ([{"key": UNREACHABLE, "effect": "NoExecute", "tolerationSeconds": 9}, {"operator": "Exists", "tolerationSeconds": 4}], 4.0),
        ([{"key": UNREACHABLE, "operator": "Exists", "effect": "NoSchedule"}], 0.0),
    ],
)
def test_how_long_a_pod_may_stay(tolerations: list[Object], seconds: float | None) -> None:
    assert patience({"spec": {"tolerations": tolerations}}, [{"key": UNREACHABLE, "effect": "NoExecute"}]) == seconds


def test_a_taint_keeps_the_time_at_which_it_came() -> None:
    first = {"spec": {}, "status": {"conditions": [{"type": "Ready", "status": "Unknown"}]}}
    tainted = {**first, "spec": {"taints": taints(first, "then")}}
    assert taints(tainted, "later") == tainted["spec"]["taints"]
    assert {each["timeAdded"] for each in tainted["spec"]["taints"]} == {"then"}
