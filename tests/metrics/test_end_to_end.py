"""In the embedded cluster, with the portal's own rights: what a pod uses appears among the series, sampled beside the watcher."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clusters.bootstrap.register import bootstrap
from clusters.models import Cluster, Pod
from kube.connect import Api, connect
from kube.errors import ApiError
from kube.kubeconfig import read_file
from metrics.models import Chunk, Origin
from metrics.packing import unpack
from reconcile.engine import reconcile
from sandbox.embedded import EmbeddedCluster
from sandbox.processes import spawn, stop
from tests.clusters.watching import until, watching
from tests.tenancy import make_due, make_namespace

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("metrics_end_to_end"), pytest.mark.timeout(200)]
NOTES = "sandbox.slipway.dev/"
RESTRICTED = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}


@pytest.fixture(scope="module")
def kubeconfig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A cluster with simulated nodes, which tell what their pods use."""
    with EmbeddedCluster(tmp_path_factory.mktemp("cluster")) as cluster:
        command = [sys.executable, "-m", "sandbox", "simulate", "--kubeconfig", str(cluster.kubeconfig_path), "--serving", "off"]
        process = spawn(command, tmp_path_factory.mktemp("log") / "log")
        try:
            yield cluster.kubeconfig_path
        finally:
            stop(process, 3)


def applied(cluster: Cluster) -> Any:
    """A namespace of ours that stands in the cluster."""
    namespace = make_namespace(cluster, gpus={})

    def settled() -> bool:
        make_due(namespace)
        reconcile("namespace", namespace.pk)
        namespace.refresh_from_db()
        return namespace.settled

    until(settled, "the namespace is applied", 60)
    return namespace


def start_pod(admin: Api, namespace: str) -> None:
    """One that uses a quarter of a processor and 50 MiB."""
    resources = {"requests": {"cpu": "500m", "memory": "64Mi"}, "limits": {"cpu": "1", "memory": "128Mi"}}
    container = {"name": "main", "image": "none", "resources": resources, "securityContext": RESTRICTED}
    notes = {f"{NOTES}cpu": "250m", f"{NOTES}memory": "50Mi"}
    body = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "busy", "annotations": notes}, "spec": {"containers": [container]}}

    def made() -> bool:
        try:
            return bool(admin.request("POST", f"/api/v1/namespaces/{namespace}/pods", body=body))
        except ApiError as error:
            # Its ServiceAccount comes a moment later.
            return error.already_exists

    until(made, "the pod is made", 30)


def test_what_a_pod_uses_appears_among_the_series(kubeconfig: Path) -> None:
    cluster = bootstrap(kubeconfig, name="main", display_name="Main")
    admin = connect(read_file(kubeconfig), timeout=10)
    namespace = applied(cluster)
    start_pod(admin, namespace.name)
    with watching(cluster):
        until(lambda: Pod.objects.filter(name="busy", phase="Running").exists(), "the pod runs", 60)
        subject = f"pod.{Pod.objects.get(name='busy').uid}"
        until(lambda: Chunk.objects.filter(subject=subject, step=10).exists(), "a sample is kept", 60)
    admin.close()
    assert Origin.objects.get(group="resources").source == "metrics.k8s.io"
    columns = unpack(Chunk.objects.filter(subject=subject, step=10).latest("start").data)
    assert {name: next(value for value in column if value == value) for name, column in columns.items()} == {
        "cpu": 0.25,
        "memory": 50 * 2**20,
    }
    whole = unpack(Chunk.objects.filter(subject=namespace.holder, step=10).latest("start").data)
    assert next(value for value in whole["cpu.limit"] if value == value) == 1.0
