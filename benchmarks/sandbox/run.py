"""Every figure of the embedded API server, one after another."""

import shutil
import tempfile
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.sandbox import lists, starting, watching
from benchmarks.sandbox.server import Server
from sandbox.controlplane import ControlPlane
from sandbox.embedded import EmbeddedCluster

FULL, QUICK = (5_000, 1_000, 5, 500), (3_000, 300, 1, 100)


def figures(*, quick: bool) -> list[Figure]:
    """Every figure; needs KUBEBUILDER_ASSETS for the peer."""
    pods, namespaces, rounds, changes = QUICK if quick else FULL
    folder = Path(tempfile.mkdtemp(prefix="sandbox-bench-"))
    try:
        memory = starting.memory(folder / "embedded", pods=pods, namespaces=namespaces)
        found = [starting.starts(folder, folder / "embedded", rounds=rounds, pods=pods, namespaces=namespaces), memory]
        with EmbeddedCluster(folder / "embedded") as embedded:
            found += watching.run(embedded.kubeconfig_path, changes=changes, watchers=100, rate=50.0)
            with ControlPlane(folder / "control-plane", custom_objects=False) as real:
                peer = Server(real.kubeconfig_path)
                peer.fill(pods, 0)
                found.append(lists.run(Server(embedded.kubeconfig_path), peer, pods=pods, rounds=rounds))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return found
