"""Writes what was measured: bench.json with the raw samples, docs/benchmarks.md for people."""

import datetime as dt
import importlib.metadata
import json
import os
import platform
import subprocess
from dataclasses import replace
from typing import Any

from benchmarks.figures import Figure
from benchmarks.product import ROOT

BENCH = ROOT / "bench.json"


def write(figures: list[Figure], *, server: str, database: str, to_docs: bool, is_whole: bool) -> None:
    """Prints the figures; with `to_docs`, also writes bench.json and docs/benchmarks.md, where a run of a part keeps the other parts."""
    setting = _setting(server, database)
    print("\n".join(_page(figures, setting)))
    if not to_docs:
        return
    if not is_whole and BENCH.exists():
        figures, setting = _beside(figures, setting)
    dumped = {"setting": setting, "figures": [figure.dump() for figure in figures]}
    BENCH.write_text(json.dumps(dumped, indent=1) + "\n")
    (ROOT / "docs" / "benchmarks.md").write_text("\n".join(_page(figures, setting)))


def _beside(figures: list[Figure], setting: dict[str, Any]) -> tuple[list[Figure], dict[str, Any]]:
    """The figures among those of the last whole run, and its setting; what now differs from it stands at the new ones."""
    before = json.loads(BENCH.read_text())
    apart = {name: value for name, value in setting.items() if value != before["setting"].get(name)}
    fresh = {figure.name: replace(figure, apart=apart) for figure in figures}
    kept = [Figure.read(each) for each in before["figures"]]
    return [*[fresh.pop(each.name, each) for each in kept], *fresh.values()], before["setting"]


def _setting(server: str, database: str) -> dict[str, Any]:
    kubectl = subprocess.run(["kubectl", "version", "--client", "-o", "json"], capture_output=True, text=True, check=True).stdout  # noqa: S607
    return {
        "date": dt.date.today().isoformat(),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load before": os.getloadavg()[0],
        "API server": server,
        "kubectl": json.loads(kubectl)["clientVersion"]["gitVersion"],
        "database": database,
        **{name: importlib.metadata.version(name) for name in ("django", "celery", "kubernetes")},
    }


def _page(figures: list[Figure], setting: dict[str, Any]) -> list[str]:
    head = [
        "# Benchmarks",
        "",
        "Written by `make bench`; the raw samples are in bench.json. Arms alternate, the order reversed each round, after one round that",
        "is not counted. The portal runs as `manage.py up` starts it, strict validation on. A clock stops at an own GET of every object.",
        "kubectl is one process per batch on one file, with its discovery cache warm.",
        "",
        *[f"- {name}: {value}" for name, value in setting.items()],
        "",
    ]
    return [*head, *[line for figure in figures for line in figure.lines()]]
