"""A real control plane behind a proxy, the oracle beside it, and a crew of processes that can be killed."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from clusters.bootstrap import register
from clusters.models import Cluster
from kube.connect import Api, connect
from kube.kubeconfig import read_file
from sandbox.controlplane import ControlPlane
from tests.faults.cast import Cast, assemble
from tests.faults.crew import Crew
from tests.faults.environment import LEASE_SECONDS, database_url, environment
from tests.faults.judge import Judge
from tests.faults.proxy import Proxy

BYSTANDER = "bystander"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test here needs the control plane; two groups, so that at most two of them run at once. Those of deployments, which run on
    both servers, say for themselves what they need."""
    for item in items:
        if "/tests/faults/" in str(item.path) and "/tests/faults/deployments/" not in str(item.path):
            item.add_marker(pytest.mark.control_plane)
            item.add_marker(pytest.mark.django_db(transaction=True))
            item.add_marker(pytest.mark.xdist_group(getattr(item.module, "GROUP", "faults-1")))


@pytest.fixture(scope="package")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    """etcd, kube-apiserver, kube-controller-manager and kube-scheduler on free ports, and a namespace that is nobody's."""
    if not os.environ.get("KUBEBUILDER_ASSETS"):
        pytest.skip("tier control_plane: KUBEBUILDER_ASSETS is not set")
    with ControlPlane(tmp_path_factory.mktemp("control-plane"), custom_objects=False) as plane:
        admin = connect(read_file(Path(plane.kubeconfig_path)), timeout=60.0)
        furnish(admin)
        wait_for_accounts(admin)
        yield plane


def furnish(admin: Api) -> None:
    """Makes a namespace that is nobody's."""
    marked = {"app.kubernetes.io/managed-by": "slipway"}
    admin.request("POST", "/api/v1/namespaces", body={"metadata": {"name": BYSTANDER, "labels": marked}})
    quota = {"metadata": {"name": "slipway-quota"}, "spec": {"hard": {"requests.cpu": "3"}}}
    admin.request("POST", f"/api/v1/namespaces/{BYSTANDER}/resourcequotas", body=quota)
    policy = {"metadata": {"name": "slipway-default-deny"}, "spec": {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": [{}]}}
    admin.request("POST", f"/apis/networking.k8s.io/v1/namespaces/{BYSTANDER}/networkpolicies", body=policy)


def wait_for_accounts(admin: Api) -> None:
    """Until the cluster's controllers have looked at that namespace."""
    deadline = time.monotonic() + 20
    while not admin.request("GET", f"/api/v1/namespaces/{BYSTANDER}/serviceaccounts")["items"]:
        assert time.monotonic() < deadline, "the controller-manager gives the namespace no ServiceAccount"
        time.sleep(0.1)


@pytest.fixture(autouse=True)
def short_leases(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the crew has them."""
    monkeypatch.setitem(settings.SLIPWAY, "LEASE_SECONDS", LEASE_SECONDS)


@pytest.fixture
def hand(plane: ControlPlane) -> Api:
    """Somebody with kubectl and every right, past the proxy."""
    return connect(read_file(Path(plane.kubeconfig_path)), timeout=60.0)


@pytest.fixture
def proxy(plane: ControlPlane) -> Iterator[Proxy]:
    """Between the portal and the API server."""
    with Proxy(plane) as proxy:
        yield proxy


@pytest.fixture
def cluster(transactional_db: None, proxy: Proxy, tmp_path: Path) -> Cluster:
    """The cluster's row after its bootstrap; the portal knows only the proxy's address."""
    made = register.bootstrap(proxy.write_kubeconfig(tmp_path / "admin.kubeconfig"), name="real")
    proxy.forget()
    return made


@pytest.fixture
def cast(cluster: Cluster) -> Cast:
    """The people."""
    return assemble(cluster)


@pytest.fixture
def judge(cast: Cast, plane: ControlPlane) -> Iterator[Judge]:
    """The oracle; what is in the cluster now it takes for foreign."""
    with Judge(Path(plane.kubeconfig_path), database_url()) as judge:
        judge.remember()
        yield judge


@pytest.fixture
def crew(transactional_db: None) -> Iterator[Crew]:
    """Processes of the portal on the test's database, without Redis."""
    with Crew(environment()) as crew:
        yield crew
