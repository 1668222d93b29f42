"""Both API servers that the portal must work on, each with the portal bootstrapped on it, a namespace, and a guest row in it."""

import os
import secrets
from collections.abc import Iterator

import pytest

from clusters.bootstrap.register import bootstrap
from clusters.models import CapacityAccount, Cluster
from kube.connect import Api, connect
from kube.kubeconfig import read_file
from reconcile import registry
from reconcile.engine import reconcile
from sandbox.controlplane import ControlPlane
from sandbox.embedded import EmbeddedCluster
from tenants.models import Namespace
from tests.reconcile.guests import GuestKind
from tests.tenancy import make_namespace

SERVERS = [
    pytest.param("sandbox", marks=pytest.mark.xdist_group("reconcile-sandbox")),
    pytest.param("control-plane", marks=[pytest.mark.xdist_group("reconcile-control-plane"), pytest.mark.control_plane]),
]


@pytest.fixture(scope="package", params=SERVERS)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedCluster | ControlPlane]:
    if request.param == "control-plane" and not os.environ.get("KUBEBUILDER_ASSETS"):
        pytest.skip("tier control_plane: KUBEBUILDER_ASSETS is not set")
    with (EmbeddedCluster if request.param == "sandbox" else ControlPlane)(tmp_path_factory.mktemp(request.param)) as running:
        yield running


@pytest.fixture(scope="package")
def hand(server: EmbeddedCluster | ControlPlane) -> Iterator[Api]:
    """Somebody with kubectl and every right."""
    made = connect(read_file(server.kubeconfig_path), timeout=60)
    yield made
    made.close()


@pytest.fixture
def cluster(server: EmbeddedCluster | ControlPlane, transactional_db: None) -> Cluster:
    made = bootstrap(server.kubeconfig_path, name="main")
    CapacityAccount.objects.filter(cluster=made, key__in=["cpu", "memory"]).update(ceiling=None, ceiling_fixed=True)
    return made


@pytest.fixture
def host(cluster: Cluster) -> Namespace:
    """A namespace that is applied and confirmed."""
    row = make_namespace(cluster, name=f"t-{secrets.token_hex(4)}", gpus={})
    assert reconcile("namespace", row.pk).state == "done"
    row.refresh_from_db()
    return row


@pytest.fixture
def guests(host: Namespace, monkeypatch: pytest.MonkeyPatch) -> GuestKind:
    """The kind of the rows that live in `host`."""
    kind = GuestKind(host)
    monkeypatch.setitem(registry._kinds, kind.name, kind)
    return kind


@pytest.fixture
def guest(guests: GuestKind, cluster: Cluster) -> Namespace:
    """A due row of that kind."""
    return make_namespace(cluster, name=f"guest-{secrets.token_hex(4)}", gpus={})
