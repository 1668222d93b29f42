"""A real control plane for the tests of clusters/, one for all of them, and the portal's row of it for each."""

import contextlib
import os
import secrets
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from clusters.bootstrap.register import bootstrap
from clusters.models import Cluster
from kube.connect import Api, connect
from kube.errors import ApiError
from kube.kubeconfig import read_file
from sandbox.controlplane import ControlPlane


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything that needs the control plane runs in one worker, so that only one is started."""
    for item in items:
        if "cluster_plane" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.control_plane)
            item.add_marker(pytest.mark.xdist_group("clusters_control_plane"))


@pytest.fixture(scope="package")
def cluster_plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    if not os.environ.get("KUBEBUILDER_ASSETS"):
        pytest.skip("control plane: KUBEBUILDER_ASSETS is not set, so nothing was checked against a real API server")
    with ControlPlane(tmp_path_factory.mktemp("cluster-plane"), custom_objects=False) as started:
        yield started


@pytest.fixture(scope="package")
def admin(cluster_plane: ControlPlane) -> Iterator[Api]:
    """An administrator's hand in the cluster."""
    made = connect(read_file(cluster_plane.kubeconfig_path), timeout=60)
    yield made
    made.close()


@pytest.fixture
def admin_kubeconfig(cluster_plane: ControlPlane) -> Path:
    return cluster_plane.kubeconfig_path


@pytest.fixture
def installed(admin_kubeconfig: Path, transactional_db: None) -> Cluster:
    """The cluster's row after a bootstrap."""
    return bootstrap(admin_kubeconfig, name="main", display_name="Main")


@pytest.fixture
def new_node(admin: Api) -> Iterator[Callable[..., str]]:
    """Makes nodes with labels and allocatable resources; they go after the test."""
    made: list[str] = []

    def make(labels: dict[str, str] | None = None, **allocatable: str) -> str:
        name = f"node-{secrets.token_hex(3)}"
        resources = {key.replace("__", "/").replace("_", "."): value for key, value in allocatable.items()}
        node: dict[str, Any] = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels or {}}}
        admin.request("POST", "/api/v1/nodes", body=node)
        made.append(name)
        status = {"status": {"allocatable": resources, "capacity": resources, "conditions": [{"type": "Ready", "status": "True"}]}}
        admin.request("PATCH", f"/api/v1/nodes/{name}/status", body=status, content_type="application/merge-patch+json")
        return name

    yield make
    for name in made:
        with contextlib.suppress(ApiError):
            admin.request("DELETE", f"/api/v1/nodes/{name}")


@pytest.fixture
def stop() -> Iterator[threading.Event]:
    """Ends what a test has started."""
    event = threading.Event()
    yield event
    event.set()
