"""Finds the control plane's binaries and learns their version, as a few flags differ between versions."""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Binaries:
    """Paths of what is there; the last two are optional."""

    etcd: Path
    api_server: Path
    controller_manager: Path | None
    scheduler: Path | None
    version: tuple[int, int, int]


def find_binaries(assets: Path | str | None = None) -> Binaries:
    """Look into `assets`, else $KUBEBUILDER_ASSETS; raises FileNotFoundError saying what to set."""
    folder = assets or os.environ.get("KUBEBUILDER_ASSETS")
    if not folder:
        raise FileNotFoundError("set KUBEBUILDER_ASSETS to the folder that holds etcd and kube-apiserver")
    found = {name: Path(folder) / name for name in ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")}
    missing = [name for name in ("etcd", "kube-apiserver") if not os.access(found[name], os.X_OK)]
    if missing:
        raise FileNotFoundError(f"KUBEBUILDER_ASSETS={folder} has no executable {' and no '.join(missing)}: put it there")
    optional = {name: path if os.access(path, os.X_OK) else None for name, path in found.items()}
    version = _version(found["kube-apiserver"])
    return Binaries(found["etcd"], found["kube-apiserver"], optional["kube-controller-manager"], optional["kube-scheduler"], version)


def _version(api_server: Path) -> tuple[int, int, int]:
    answer = subprocess.run([api_server, "--version"], capture_output=True, text=True, timeout=20, check=True)  # noqa: S603
    match = re.search(r"v(\d+)\.(\d+)\.(\d+)", answer.stdout)
    if not match:
        raise RuntimeError(f"{api_server} --version said {answer.stdout!r}: is it a Kubernetes API server?")
    major, minor, patch = match.groups()
    return int(major), int(minor), int(patch)
