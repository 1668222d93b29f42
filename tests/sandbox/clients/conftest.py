"""Both servers, which the tests may kill, and their official client."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3
from kubernetes import config
from kubernetes.client import ApiClient

from sandbox.controlplane import ControlPlane
from sandbox.embedded import EmbeddedCluster
from sandbox.kubeconfig import read_kubeconfig
from tests.contract.client import Api

Server = EmbeddedCluster | ControlPlane
SERVERS = [
    pytest.param("sandbox", marks=pytest.mark.xdist_group("clients-sandbox")),
    pytest.param("control-plane", marks=[pytest.mark.xdist_group("clients-control-plane"), pytest.mark.control_plane]),
]


@pytest.fixture(scope="package", params=SERVERS)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running server."""
    folder: Path = tmp_path_factory.mktemp(request.param)
    with (EmbeddedCluster if request.param == "sandbox" else ControlPlane)(folder) as running:
        yield running


@pytest.fixture
def api(server: Server) -> Api:
    """What the oracle sees."""
    access = read_kubeconfig(server.kubeconfig_path)
    assert access.ca_pem
    return Api(access.server, access.ca_pem, access.token)


@pytest.fixture
def official(server: Server) -> Iterator[ApiClient]:
    """The official client, configured by the kubeconfig."""
    with config.new_client_from_config(str(server.kubeconfig_path)) as client:
        yield client


def forget(server: Server, api: Api) -> None:
    """Drop every version until now, so that a watch from one of them gets 410; a real API server is restarted for it."""
    if isinstance(server, EmbeddedCluster):
        server.compact()
        return
    latest = int(api.get("/api/v1/namespaces").body["metadata"]["resourceVersion"])
    body = json.dumps({"revision": latest, "physical": True})
    urllib3.request("POST", f"{server._etcd_url}/v3/kv/compaction", body=body, timeout=10)
    server.kill_api_server()
    server.start_api_server()
