"""A real control plane, started once for each test process, and the portal bootstrapped onto it with its least privilege."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from clusters.bootstrap import register
from clusters.models import Cluster
from kube.connect import Api, connect
from kube.kubeconfig import read_file
from sandbox.controlplane import ControlPlane


@pytest.fixture(scope="package")
def control_plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    """etcd, kube-apiserver, kube-controller-manager and kube-scheduler on free ports."""
    if not os.environ.get("KUBEBUILDER_ASSETS"):
        pytest.skip("KUBEBUILDER_ASSETS is not set: the control plane tier does not run")
    with ControlPlane(tmp_path_factory.mktemp("control-plane"), custom_objects=False) as plane:
        yield plane


@pytest.fixture
def oracle(control_plane: ControlPlane) -> Api:
    """An administrator's own connection, to look at the cluster past the portal."""
    return connect(read_file(Path(control_plane.kubeconfig_path)), timeout=60.0)


@pytest.fixture
def cluster(db: None, control_plane: ControlPlane) -> Cluster:
    """The cluster's row as the bootstrap leaves it: a token of the portal's own ServiceAccount and nothing more."""
    return register.bootstrap(Path(control_plane.kubeconfig_path), name="real")
