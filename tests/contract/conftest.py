"""The two servers that must behave alike: the embedded one, and a real one where its binaries are at hand."""

import secrets
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.controlplane import ControlPlane
from sandbox.embedded import EmbeddedCluster
from sandbox.kubeconfig import read_kubeconfig
from tests.contract.client import Api
from tests.contract.objects import pod

# One worker serves each: starting a real control plane costs seconds.
SERVERS = [
    pytest.param("sandbox", marks=pytest.mark.xdist_group("sandbox")),
    pytest.param("control-plane", marks=[pytest.mark.xdist_group("control-plane"), pytest.mark.control_plane]),
]


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marks of this suite."""
    config.addinivalue_line("markers", "since(minor, reason): real API servers older than 1.<minor> deviate, for this reason")


@pytest.fixture(scope="package", params=SERVERS)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedCluster | ControlPlane]:
    """A running server, one for the whole suite."""
    folder: Path = tmp_path_factory.mktemp(request.param)
    with (EmbeddedCluster if request.param == "sandbox" else ControlPlane)(folder) as running:
        yield running


@pytest.fixture(scope="package")
def api(server: EmbeddedCluster | ControlPlane) -> Api:
    """Its admin."""
    access = read_kubeconfig(server.kubeconfig_path)
    assert access.ca_pem
    return Api(access.server, access.ca_pem, access.token)


@pytest.fixture
def space(api: Api) -> str:
    """A fresh namespace."""
    name = f"t-{secrets.token_hex(4)}"
    assert api.post("/api/v1/namespaces", {"metadata": {"name": name}}).code == 201
    return name


@pytest.fixture
def maps(api: Api, space: str) -> str:
    """The path of the ConfigMaps of a fresh namespace, where nothing stirs any more by itself."""
    path = f"/api/v1/namespaces/{space}/configmaps"
    api.until(f"{path}/kube-root-ca.crt", lambda answer: answer.code == 200)
    return path


@pytest.fixture
def pods(api: Api, space: str) -> str:
    """The path of the pods of a fresh namespace that is ready for them."""
    path, end = f"/api/v1/namespaces/{space}/pods", time.monotonic() + 15
    # An old server also wants the ServiceAccount's token to be there; a pod that is accepted says all of it.
    while api.post(path, pod("probe"), dryRun="All").code != 201:
        assert time.monotonic() < end, f"namespace {space} does not get ready"
        time.sleep(0.02)
    return path


@pytest.fixture(autouse=True)
def _since(request: pytest.FixtureRequest) -> None:
    """`@pytest.mark.since(minor, reason)`: older real servers deviate, for this reason."""
    mark = request.node.get_closest_marker("since")
    if mark is None:
        return
    running = request.getfixturevalue("server")
    if isinstance(running, ControlPlane) and running.binaries.version[1] < mark.args[0]:
        pytest.skip(f"the API server is {running.version}: {mark.args[1]}")
