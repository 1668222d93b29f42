"""The real control plane as child processes."""

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from sandbox.binaries import find_binaries
from sandbox.controlplane import ControlPlane
from sandbox.kubeconfig import read_kubeconfig
from tests.contract.client import Api


def _api(cluster: ControlPlane) -> Api:
    access = read_kubeconfig(cluster.kubeconfig_path)
    assert access.ca_pem and access.verify
    return Api(access.server, access.ca_pem, access.token)


def test_missing_binaries_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KUBEBUILDER_ASSETS", raising=False)
    with pytest.raises(FileNotFoundError, match="set KUBEBUILDER_ASSETS"):
        find_binaries()
    with pytest.raises(FileNotFoundError, match="no executable etcd and no kube-apiserver"):
        find_binaries(tmp_path)


@pytest.mark.control_plane
@pytest.mark.xdist_group("control-plane-life")
def test_data_outlive_a_restart(tmp_path: Path) -> None:
    with ControlPlane(tmp_path, custom_objects=False) as cluster:
        assert _api(cluster).post("/api/v1/namespaces", {"metadata": {"name": "kept"}}).code == 201
        assert cluster.kubeconfig_path.stat().st_mode & 0o077 == 0 and cluster.check() is None
        start = time.monotonic()
    assert time.monotonic() - start < 5
    with ControlPlane(tmp_path, custom_objects=False) as cluster:
        assert _api(cluster).get("/api/v1/namespaces/kept").code == 200


@pytest.mark.control_plane
@pytest.mark.xdist_group("control-plane-life")
def test_a_killed_command_leaves_no_process(tmp_path: Path) -> None:
    options = ["--data", str(tmp_path / "data"), "--kubeconfig", str(tmp_path / "kubeconfig")]
    parent = subprocess.Popen([sys.executable, "-m", "sandbox", "control-plane", *options], stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    while "Kubernetes 1." not in (line := parent.stdout.readline()):
        assert line, "the command ended early"
    children = psutil.Process(parent.pid).children()
    assert len(children) >= 2 and (tmp_path / "kubeconfig").stat().st_mode & 0o077 == 0
    parent.kill()
    parent.wait()
    _, alive = psutil.wait_procs(children, timeout=5)
    assert alive == []
