"""Which cluster the quick start uses: a given one, a real control plane's binaries, or the embedded sandbox."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from kube.connect import connect
from kube.errors import KubeError
from kube.kubeconfig import read_file
from portal.supervisor.child import Role
from portal.supervisor.failure import CannotStart

CONTROL_PLANE_PARTS = ("etcd", "kube-apiserver")


@dataclass(frozen=True)
class ClusterChoice:
    """`server` and `simulator` are None for a cluster that runs elsewhere; `words` tell the user what it is."""

    kubeconfig: Path
    words: str
    sandbox: bool
    server: Role | None = None
    simulator: Role | None = None


def choose_cluster(home: Path, mlflow: str = "") -> ClusterChoice:
    """PORTAL_KUBECONFIG wins over KUBEBUILDER_ASSETS; with neither it is the sandbox. `mlflow` is where its pods fetch models, or empty."""
    given = os.environ.get("PORTAL_KUBECONFIG")
    if given:
        return _given(Path(given).expanduser())
    assets = os.environ.get("KUBEBUILDER_ASSETS")
    if assets:
        _require_binaries(Path(assets))
        words = "a local control plane with simulated nodes and pods (sandbox): no real machine runs anything"
        return _embedded(home, "control-plane", words, mlflow)
    return _embedded(home, "serve", "a sandbox: nodes, pods and GPUs in it are simulated", mlflow)


def _given(kubeconfig: Path) -> ClusterChoice:
    if not kubeconfig.is_file():
        raise CannotStart(f"PORTAL_KUBECONFIG={kubeconfig} is no file: point it at a kubeconfig with administrator rights, or unset it.")
    return ClusterChoice(kubeconfig, f"the one in {kubeconfig}", sandbox=False)


def _require_binaries(folder: Path) -> None:
    missing = [name for name in CONTROL_PLANE_PARTS if not os.access(folder / name, os.X_OK)]
    if missing:
        raise CannotStart(f"KUBEBUILDER_ASSETS={folder} has no {' and no '.join(missing)}: point it at their folder, or unset it.")


def _embedded(home: Path, verb: str, words: str, mlflow: str) -> ClusterChoice:
    kubeconfig = home / "kubeconfig"
    sandbox = (sys.executable, "-m", "sandbox")
    data = home / ("sandbox" if verb == "serve" else "control-plane")
    server = (*sandbox, verb, "--data", str(data), "--port", "0", "--kubeconfig", str(kubeconfig))
    simulate = (*sandbox, "simulate", "--kubeconfig", str(kubeconfig), *(("--mlflow", mlflow) if mlflow else ("--warm", "off")))
    return ClusterChoice(kubeconfig, words, True, Role("api-server", server, 1.5), Role("simulator", simulate, 0.7))


def cluster_answers(kubeconfig: Path) -> bool:
    """Whether the API server of a kubeconfig serves namespaces; False while the file is not there or half-written."""
    try:
        connect(read_file(kubeconfig), timeout=2.0).request("GET", "/api/v1/namespaces", query={"limit": 1})
    except KubeError:
        return False
    return True


def has_nodes(kubeconfig: Path) -> bool:
    """Whether the cluster has a node, from which the GPU flavors are read."""
    try:
        return bool(connect(read_file(kubeconfig), timeout=2.0).request("GET", "/api/v1/nodes", query={"limit": 1}).get("items"))
    except KubeError:
        return False
