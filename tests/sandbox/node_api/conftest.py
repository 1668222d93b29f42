"""Both API servers, each with what it sends requests on to."""

import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.controlplane import ControlPlane
from sandbox.embedded import EmbeddedCluster
from sandbox.kubeconfig import read_kubeconfig
from sandbox.nodes.pools import load_pools
from sandbox.processes import spawn, stop
from tests.contract.client import Answer, Api
from tests.contract.objects import pod

Server = EmbeddedCluster | ControlPlane
Kubectl = Callable[..., str]
# One worker serves each: starting a real control plane costs seconds.
SERVERS = [
    pytest.param("sandbox", marks=pytest.mark.xdist_group("node-api-sandbox")),
    pytest.param("control-plane", marks=[pytest.mark.xdist_group("node-api-control-plane"), pytest.mark.control_plane]),
]


@pytest.fixture(scope="package", params=SERVERS)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running API server."""
    folder: Path = tmp_path_factory.mktemp(request.param)
    with (EmbeddedCluster if request.param == "sandbox" else ControlPlane)(folder) as running:
        yield running


@pytest.fixture(scope="package")
def api(server: Server) -> Api:
    """Its admin."""
    access = read_kubeconfig(server.kubeconfig_path)
    assert access.ca_pem
    return Api(access.server, access.ca_pem, access.token)


@pytest.fixture
def space(api: Api) -> str:
    """The path of a fresh namespace that is ready for pods."""
    path, end = f"/api/v1/namespaces/n-{secrets.token_hex(4)}", time.monotonic() + 15
    assert api.post("/api/v1/namespaces", {"metadata": {"name": path.rpartition("/")[2]}}).code == 201
    while api.post(f"{path}/pods", pod("probe"), dryRun="All").code != 201:
        assert time.monotonic() < end, f"{path} does not get ready"
        time.sleep(0.02)
    return path


@pytest.fixture(scope="package")
def nodes(server: Server, api: Api, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """The names of simulated nodes, which are ready."""
    log = tmp_path_factory.mktemp("simulate") / "log"
    process = spawn([sys.executable, "-m", "sandbox", "simulate", "--kubeconfig", str(server.kubeconfig_path), "--serving", "off"], log)
    try:
        names = [name for pool in load_pools(None) for name in pool.node_names()]
        api.until("/api/v1/nodes", lambda answer: len([node for node in answer.body["items"] if _takes_pods(node)]) == len(names), 30)
        # Until then kubectl tells on every call that these groups cannot be discovered yet.
        for group in ("metrics.k8s.io", "external.metrics.k8s.io"):
            api.until(f"/apis/{group}/v1beta1", lambda answer: answer.code == 200, 30)
        yield names
    finally:
        stop(process, 3)


@pytest.fixture
def kubectl(server: Server, space: str) -> Kubectl:
    """Runs kubectl in the fresh namespace: what it prints, errors included."""

    def run(*arguments: str, seconds: float = 20) -> str:
        command = ["kubectl", "--kubeconfig", str(server.kubeconfig_path), "--namespace", space.rpartition("/")[2], *arguments]
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=seconds).stdout

    return run


def is_running(answer: Answer) -> bool:
    """Whether the pod runs and is ready."""
    conditions = {each["type"]: each["status"] for each in (answer.body.get("status") or {}).get("conditions", [])}
    return conditions.get("Ready") == "True"


def _takes_pods(node: Any) -> bool:
    taints = [taint["key"] for taint in node["spec"].get("taints") or []]
    ready = any(each["type"] == "Ready" and each["status"] == "True" for each in node["status"].get("conditions") or [])
    return ready and "node.kubernetes.io/not-ready" not in taints
