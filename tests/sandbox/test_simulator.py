"""The simulator over the Kubernetes API alone: the same against the embedded and a real API server."""

import secrets
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.controlplane import ControlPlane
from sandbox.embedded import EmbeddedCluster
from sandbox.kubeconfig import read_kubeconfig
from sandbox.processes import spawn, stop
from tests.contract.client import Answer, Api
from tests.contract.objects import pod

SERVERS = [
    pytest.param("sandbox", marks=pytest.mark.xdist_group("simulator-sandbox")),
    pytest.param("control-plane", marks=[pytest.mark.xdist_group("simulator-control-plane"), pytest.mark.control_plane]),
]
SIMULATED = "sandbox.slipway.dev/simulated"
GPU = "nvidia.com/gpu"


@pytest.fixture(scope="module", params=SERVERS)
def simulated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    folder: Path = tmp_path_factory.mktemp(request.param)
    with (EmbeddedCluster if request.param == "sandbox" else ControlPlane)(folder) as cluster:
        command = [sys.executable, "-m", "sandbox", "simulate", "--kubeconfig", str(cluster.kubeconfig_path), "--serving", "off"]
        process = spawn(command, folder / "simulate.log")
        access = read_kubeconfig(cluster.kubeconfig_path)
        assert access.ca_pem
        api = Api(access.server, access.ca_pem, access.token)
        api.until("/api/v1/nodes", lambda answer: len([node for node in answer.body["items"] if _is_ready(node)]) == 7, 30)
        yield api
        stop(process, 3)


@pytest.fixture
def pods(simulated: Api) -> str:
    name = f"s-{secrets.token_hex(4)}"
    simulated.post("/api/v1/namespaces", {"metadata": {"name": name}})
    path = f"/api/v1/namespaces/{name}/pods"
    for _ in range(1000):
        if simulated.post(path, pod("probe"), dryRun="All").code == 201:
            break
        time.sleep(0.02)
    return path


def _is_ready(node: dict) -> bool:  # type: ignore[type-arg]
    taints = [taint["key"] for taint in node["spec"].get("taints") or []]
    ready = any(each["type"] == "Ready" and each["status"] == "True" for each in node["status"].get("conditions") or [])
    return ready and "node.kubernetes.io/not-ready" not in taints


def _running(answer: Answer) -> bool:
    conditions = {each["type"]: each["status"] for each in answer.body["status"].get("conditions", [])}
    return bool(answer.body["status"]["phase"] == "Running" and conditions.get("Ready") == "True")


def _state(answer: Answer) -> dict:  # type: ignore[type-arg]
    statuses = answer.body["status"].get("containerStatuses") or [{}]
    return {**statuses[0].get("state", {}), "restarts": statuses[0].get("restartCount", 0)}


def _reasons(api: Api, pods: str, name: str) -> set[str]:
    path = pods.removesuffix("/pods") + "/events"
    return {event["reason"] for event in api.get(path, fieldSelector=f"involvedObject.name={name}").body["items"]}


def test_the_pools_are_there(simulated: Api) -> None:
    nodes = {node["metadata"]["name"]: node for node in simulated.get("/api/v1/nodes", labelSelector=f"{SIMULATED}=true").body["items"]}
    assert len(nodes) == 7
    gpus = {name: node["status"]["allocatable"].get(GPU) for name, node in nodes.items()}
    assert sorted(gpus.values(), key=str) == ["4", "8", "8", None, None, None, None]
    h100 = nodes["sandbox-h100-1"]
    assert h100["metadata"]["labels"]["nvidia.com/gpu.product"] == "NVIDIA-H100-80GB-HBM3"
    assert "simulated" in h100["status"]["nodeInfo"]["kubeletVersion"]
    # A node is there a moment before its first lease.
    leases = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"
    simulated.until(leases, lambda answer: set(nodes) <= {lease["metadata"]["name"] for lease in answer.body["items"]})


def test_a_pod_runs_and_says_that_it_is_simulated(simulated: Api, pods: str) -> None:
    simulated.post(pods, pod("a", limits={GPU: "2"}, nodeSelector={"sandbox.slipway.dev/pool": "h100"}))
    body = simulated.until(f"{pods}/a", _running, 20).body
    assert body["spec"]["nodeName"].startswith("sandbox-h100")
    assert body["metadata"]["annotations"][SIMULATED] == "true" and body["status"]["podIP"]
    status = body["status"]["containerStatuses"][0]
    assert status["ready"] and status["restartCount"] == 0 and status["state"]["running"]["startedAt"]
    path = pods.removesuffix("/pods") + "/events"
    simulated.until(path, lambda answer: {"Scheduled", "Pulled", "Created", "Started"} <= _reasons(simulated, pods, "a"), 10)


def test_a_pod_that_fits_nowhere_stays_pending_with_the_reason(simulated: Api, pods: str) -> None:
    simulated.post(pods, pod("big", limits={GPU: "9"}))
    judged = simulated.until(f"{pods}/big", lambda answer: answer.body["status"].get("conditions"), 20).body
    condition = judged["status"]["conditions"][0]
    assert (judged["status"]["phase"], condition["type"], condition["status"]) == ("Pending", "PodScheduled", "False")
    assert condition["reason"] == "Unschedulable" and condition["message"].startswith("0/7 nodes are available: 1 node(s) had ")
    assert "6 Insufficient nvidia.com/gpu" in condition["message"]
    simulated.until(pods, lambda answer: "FailedScheduling" in _reasons(simulated, pods, "big"), 10)


def test_room_that_comes_free_is_taken(simulated: Api, pods: str) -> None:
    selector = {"sandbox.slipway.dev/pool": "a100"}
    simulated.post(pods, pod("first", limits={GPU: "4"}, nodeSelector=selector))
    simulated.until(f"{pods}/first", _running, 20)
    simulated.post(pods, pod("second", limits={GPU: "1"}, nodeSelector=selector))
    simulated.until(f"{pods}/second", lambda answer: answer.body["status"].get("conditions"), 20)
    simulated.delete(f"{pods}/first")
    simulated.until(f"{pods}/second", _running, 30)


def test_a_deleted_pod_ends_gracefully(simulated: Api, pods: str) -> None:
    simulated.post(pods, pod("a"))
    simulated.until(f"{pods}/a", _running, 20)
    held = simulated.delete(f"{pods}/a").body
    assert held["metadata"]["deletionGracePeriodSeconds"] == 30
    simulated.until(f"{pods}/a", lambda answer: answer.code == 404, 10)
    simulated.until(pods, lambda answer: "Killing" in _reasons(simulated, pods, "a"), 10)


def test_a_pod_crashes_when_asked_to(simulated: Api, pods: str) -> None:
    body = pod("a")
    notes = {"crash-after-seconds": "0.2", "exit-code": "3", "back-off-seconds": "1"}
    body["metadata"]["annotations"] = {f"sandbox.slipway.dev/{key}": value for key, value in notes.items()}
    simulated.post(pods, body)
    crashed = simulated.until(f"{pods}/a", lambda answer: _state(answer).get("waiting", {}).get("reason") == "CrashLoopBackOff", 20)
    status = crashed.body["status"]["containerStatuses"][0]
    assert status["lastState"]["terminated"]["exitCode"] == 3 and not status["ready"]
    assert "back-off 1s restarting failed container=main" in status["state"]["waiting"]["message"]
    simulated.until(f"{pods}/a", lambda answer: _state(answer)["restarts"] >= 2, 20)
    simulated.until(pods, lambda answer: "BackOff" in _reasons(simulated, pods, "a"), 10)


def test_a_pod_that_ends_is_succeeded(simulated: Api, pods: str) -> None:
    body = pod("a", restartPolicy="Never")
    body["metadata"]["annotations"] = {"sandbox.slipway.dev/exit-after-seconds": "0.2"}
    simulated.post(pods, body)
    done = simulated.until(f"{pods}/a", lambda answer: answer.body["status"]["phase"] == "Succeeded", 20).body
    assert done["status"]["containerStatuses"][0]["state"]["terminated"]["exitCode"] == 0
