"""Clusters that have no controllers of their own, with `simulate` beside them: the embedded server, and a bare kube-apiserver with etcd."""

import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from sandbox.binaries import find_binaries
from sandbox.controlplane import ControlPlane
from sandbox.embedded import EmbeddedCluster
from sandbox.kubeconfig import read_kubeconfig
from sandbox.nodes.pools import load_pools
from sandbox.processes import spawn, stop
from tests.contract.client import Api
from tests.contract.objects import pod

# One worker serves each: starting a control plane costs seconds.
SERVERS = [
    pytest.param("sandbox", marks=pytest.mark.xdist_group("controllers-sandbox")),
    pytest.param("bare", marks=[pytest.mark.xdist_group("controllers-bare"), pytest.mark.control_plane]),
]
NODES = {name for pool in load_pools(None) for name in pool.node_names()}
Kubectl = Callable[..., str]


@dataclass(frozen=True)
class Simulated:
    """A running cluster: its admin, its kubeconfig, and what `simulate` logs."""

    name: str
    api: Api
    kubeconfig: Path
    log: Path

    @property
    def is_embedded(self) -> bool:
        return self.name == "sandbox"


@pytest.fixture(scope="package", params=SERVERS)
def simulated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulated]:
    """Nodes, pods that live, a scheduler and the controllers, one cluster of each sort for the whole folder."""
    folder: Path = tmp_path_factory.mktemp(request.param)
    with EmbeddedCluster(folder) if request.param == "sandbox" else ControlPlane(folder, assets=_bare(folder)) as cluster:
        access, log = read_kubeconfig(cluster.kubeconfig_path), folder / "simulate.log"
        assert access.ca_pem
        api = Api(access.server, access.ca_pem, access.token)
        modes = ["--scheduler", "on", "--controllers", "on"]
        process = spawn(
            [sys.executable, "-m", "sandbox", "simulate", "--kubeconfig", str(cluster.kubeconfig_path), "--serving", "off", *modes], log
        )
        try:
            # A new node is tainted as not ready until a controller sees that it is.
            api.until("/api/v1/nodes", lambda answer: _ready(answer.body["items"]) == NODES, 30)
            yield Simulated(request.param, api, cluster.kubeconfig_path, log)
        finally:
            stop(process, 3)


@pytest.fixture(scope="package")
def api(simulated: Simulated) -> Api:
    """Its admin."""
    return simulated.api


@pytest.fixture
def space(api: Api) -> str:
    """The name of a fresh namespace that takes pods."""
    name = f"c-{secrets.token_hex(4)}"
    assert api.post("/api/v1/namespaces", {"metadata": {"name": name}}).code == 201
    api.until("/version", lambda _: api.post(f"/api/v1/namespaces/{name}/pods", pod("probe"), dryRun="All").code == 201)
    return name


@pytest.fixture
def kubectl(simulated: Simulated, space: str) -> Kubectl:
    """Runs kubectl in the fresh namespace and returns what it prints; fails with its error."""
    binary = shutil.which("kubectl")
    if binary is None:
        pytest.skip("install kubectl")

    def run(*arguments: str, stdin: str = "") -> str:
        command = [binary, "--kubeconfig", str(simulated.kubeconfig), "--namespace", space, *arguments]
        done = subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, f"kubectl {' '.join(arguments)}: {done.stderr}"
        return done.stdout

    return run


def _bare(folder: Path) -> Path:
    """A folder with etcd and kube-apiserver alone, of those in $KUBEBUILDER_ASSETS."""
    binaries, bare = find_binaries(), folder / "assets"
    bare.mkdir()
    for name, path in (("etcd", binaries.etcd), ("kube-apiserver", binaries.api_server)):
        (bare / name).symlink_to(path.resolve())
    return bare


def _ready(nodes: list[dict]) -> set[str]:  # type: ignore[type-arg]
    tainted = [node for node in nodes if any(each["key"].endswith("/not-ready") for each in node["spec"].get("taints") or [])]
    ready = [node for node in nodes if any(each["type"] == "Ready" for each in node["status"].get("conditions") or [])]
    return {node["metadata"]["name"] for node in ready if node not in tainted}
