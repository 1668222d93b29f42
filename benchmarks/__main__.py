"""`make bench`: starts a control plane and the portal, measures, writes bench.json and docs/benchmarks.md.

python -m benchmarks [--quick] [--only approvals|resync|repair|sandbox|serving] [--rounds 5] [--namespaces 1000]

What `--only` leaves out is kept as it was measured before.
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
from benchmarks.sandbox.run import figures as sandbox_figures
from benchmarks.serving.run import figures as serving_figures
from sandbox.binaries import find_binaries
from sandbox.controlplane import ControlPlane


def main() -> None:
    """Measures what was asked for; --quick is the one-minute form, whose figures are printed and not written."""
    options = _options()
    if not os.environ.get("KUBEBUILDER_ASSETS"):
        raise SystemExit("make bench needs KUBEBUILDER_ASSETS: a folder with etcd and kube-apiserver.")
    if not shutil.which("kubectl"):
        raise SystemExit("make bench needs kubectl on the PATH: it is the peer.")
    version = ".".join(str(number) for number in find_binaries().version)
    figures = [*_of_the_product(options), *_of_the_sandbox(options), *_of_serving(options)]
    database = "PostgreSQL" if os.environ.get("DATABASE_URL") else "SQLite"
    write(figures, server=version, database=database, to_docs=not options.quick, is_whole=options.only is None)


def _of_the_product(options: argparse.Namespace) -> list[Figure]:
    if options.only in ("sandbox", "serving"):
        return []
    folder = Path(tempfile.mkdtemp(prefix="slipway-bench-"))
    try:
        with (
            ControlPlane(folder / "control-plane", custom_objects=False) as plane,
            Product(folder / "home", Path(plane.kubeconfig_path)) as product,
        ):
            return _figures(options, product, Peer(Path(plane.kubeconfig_path)))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _of_the_sandbox(options: argparse.Namespace) -> list[Figure]:
    return sandbox_figures(quick=options.quick) if options.only in (None, "sandbox") else []


def _of_serving(options: argparse.Namespace) -> list[Figure]:
    """Left out of the quick form of the whole, whose minute it would fill: `--quick --only serving` is its own."""
    wanted = options.only == "serving" or (options.only is None and not options.quick)
    return serving_figures(quick=options.quick) if wanted else []


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
    parser.add_argument("--only", choices=["approvals", "resync", "repair", "sandbox", "serving"])
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
