"""Writes what was measured: bench.json with the raw samples, docs/benchmarks.md for people."""

import datetime as dt
import importlib.metadata
import json
import os
import platform
import subprocess
from typing import Any

from benchmarks.figures import Figure
from benchmarks.product import ROOT


def write(figures: list[Figure], *, server: str, database: str, to_docs: bool) -> None:
    """Prints the figures; with `to_docs`, also writes bench.json and docs/benchmarks.md."""
    setting = _setting(server, database)
    text = "\n".join(_page(figures, setting))
    print(text)
    if not to_docs:
        return
    (ROOT / "bench.json").write_text(json.dumps({"setting": setting, "figures": [figure.dump() for figure in figures]}, indent=1) + "\n")
    (ROOT / "docs" / "benchmarks.md").write_text(text)


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
