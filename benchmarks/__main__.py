"""`make bench`: starts a control plane and the portal, measures, writes bench.json and docs/benchmarks.md.

python -m benchmarks [--quick] [--only approvals|resync|repair] [--rounds 5] [--namespaces 1000]
"""

import argparse
import os
import shutil
import tempfile
from pathlib import Path

from benchmarks import approvals, many
from benchmarks.figures import Figure
from benchmarks.peer import Peer
from benchmarks.product import Product
from benchmarks.report import write
from sandbox.controlplane import ControlPlane


def main() -> None:
    """Measures what was asked for; --quick is the one-minute form, whose figures are printed and not written."""
    options = _options()
    if not os.environ.get("KUBEBUILDER_ASSETS"):
        raise SystemExit("make bench needs KUBEBUILDER_ASSETS: a folder with etcd and kube-apiserver.")
    if not shutil.which("kubectl"):
        raise SystemExit("make bench needs kubectl on the PATH: it is the peer.")
    folder = Path(tempfile.mkdtemp(prefix="slipway-bench-"))
    try:
        with ControlPlane(folder / "control-plane") as plane, Product(folder / "home", Path(plane.kubeconfig_path)) as product:
            figures = list(_figures(options, product, Peer(Path(plane.kubeconfig_path))))
            version = plane.version
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    write(figures, server=version, database="PostgreSQL" if os.environ.get("DATABASE_URL") else "SQLite", to_docs=not options.quick)


def _figures(options: argparse.Namespace, product: Product, peer: Peer) -> list[Figure]:
    figures = []
    if options.only in (None, "approvals"):
        figures.append(approvals.run(product, peer, batch=options.batch, rounds=options.rounds))
    if options.only in (None, "resync", "repair"):
        objects = many.fill(product, options.namespaces)
        if options.only in (None, "repair"):
            figures.append(many.repair(peer, objects, options.changes))
        if options.only in (None, "resync"):
            figures.append(many.resync(product, peer, objects, options.resyncs))
    return figures


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", choices=["approvals", "resync", "repair"])
    for name, full in (("rounds", 5), ("batch", 50), ("namespaces", 1000), ("changes", 300), ("resyncs", 5)):
        parser.add_argument(f"--{name}", type=int, default=None, help=f"default {full}")
    options = parser.parse_args()
    sizes = {"rounds": (5, 1), "batch": (50, 10), "namespaces": (1000, 20), "changes": (300, 20), "resyncs": (5, 1)}
    for name, (full, quick) in sizes.items():
        if getattr(options, name) is None:
            setattr(options, name, quick if options.quick else full)
    return options


if __name__ == "__main__":
    main()
