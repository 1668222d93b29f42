"""Both API servers with KServe's kinds beside the proxy and the oracle, and a deployment with everything that one can be made of."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from clusters.bootstrap import register
from clusters.models import Cluster
from deployments.models import ModelDeployment
from kube.connect import connect
from kube.kubeconfig import read_file
from sandbox.controlplane import ControlPlane
from sandbox.embedded import EmbeddedCluster
from sandbox.serving.builtin import config_map
from tests.faults.cast import Cast
from tests.faults.conftest import furnish, wait_for_accounts
from tests.faults.deployments.scene import DEFINITIONS, make
from tests.faults.proxy import Proxy
from tests.kube import definitions

Server = EmbeddedCluster | ControlPlane
SERVERS = [
    pytest.param("sandbox", marks=pytest.mark.xdist_group("faults-deployments-sandbox")),
    pytest.param("control-plane", marks=[pytest.mark.xdist_group("faults-deployments-control-plane"), pytest.mark.control_plane]),
]
# The portal's own routes share the requests out, since this KServe is taken for one that knows no canaries.
ROUTED = {"canary": False, "gateway": "gateways/models"}


@pytest.fixture(scope="package", params=SERVERS)
def plane(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server. One of 1.20 knows neither the budgets nor the autoscalers of today, and none is rendered for it."""
    is_real = request.param == "control-plane"
    if is_real and not os.environ.get("KUBEBUILDER_ASSETS"):
        pytest.skip("tier control_plane: KUBEBUILDER_ASSETS is not set")
    with (ControlPlane if is_real else EmbeddedCluster)(tmp_path_factory.mktemp(request.param)) as server:
        admin = connect(read_file(Path(server.kubeconfig_path)), timeout=60.0)
        furnish(admin)
        admin.request("POST", "/api/v1/namespaces", body={"metadata": {"name": "kserve"}})
        admin.request("POST", "/api/v1/namespaces/kserve/configmaps", body=config_map("models.example.com"))
        for definition in DEFINITIONS.values():
            definitions.install(admin, definition)
        if is_real:
            wait_for_accounts(admin)
        yield server


@pytest.fixture
def cluster(transactional_db: None, proxy: Proxy, tmp_path: Path) -> Cluster:
    """The cluster's row; the portal knows only the proxy's address, and splits requests by HTTPRoutes of its own."""
    made = register.bootstrap(proxy.write_kubeconfig(tmp_path / "admin.kubeconfig"), name="real")
    made.serving_override = ROUTED
    made.save(update_fields=["serving_override"])
    proxy.forget()
    return made


@pytest.fixture
def served(cast: Cast) -> ModelDeployment:
    """A deployment that is applied and confirmed, with an object of each kind that the cluster knows."""
    return make(cast)
