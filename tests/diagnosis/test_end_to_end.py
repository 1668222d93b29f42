"""In the embedded cluster with simulated nodes: what a crash loop, a bad image, a pending GPU and a full quota tell a reader."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from clusters.bootstrap.register import bootstrap
from clusters.models import Cluster, GpuFlavor, Pod
from kube.connect import Api, connect
from kube.errors import ApiError
from kube.kubeconfig import read_file
from reconcile.engine import reconcile
from sandbox.embedded import EmbeddedCluster
from sandbox.processes import spawn, stop
from tenants.models import Namespace
from tenants.reasons import what_needs_somebody
from tests.clusters.watching import until, watching
from tests.factories import make_user
from tests.tenancy import GIB, make_due, make_namespace

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("diagnosis_end_to_end"), pytest.mark.timeout(240)]
NOTES = "sandbox.slipway.dev/"
RESTRICTED = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}
SMALL = {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"cpu": "100m", "memory": "64Mi"}}
H100 = {"nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3"}
HUGE = {"requests": {"cpu": "100m", "memory": "64Gi"}, "limits": {"cpu": "100m", "memory": "64Gi"}}


@pytest.fixture(scope="module")
def kubeconfig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A cluster with simulated nodes and controllers."""
    with EmbeddedCluster(tmp_path_factory.mktemp("cluster")) as cluster:
        command = [sys.executable, "-m", "sandbox", "simulate", "--kubeconfig", str(cluster.kubeconfig_path), "--serving", "off"]
        process = spawn(command, tmp_path_factory.mktemp("log") / "log")
        try:
            yield cluster.kubeconfig_path
        finally:
            stop(process, 3)


def applied(cluster: Cluster, **amounts: Any) -> Namespace:
    """A namespace of ours that stands in the cluster."""
    namespace = make_namespace(cluster, **amounts)

    def settled() -> bool:
        make_due(namespace)
        reconcile("namespace", namespace.pk)
        namespace.refresh_from_db()
        return namespace.settled

    until(settled, "the namespace is applied", 60)
    return namespace


def post(admin: Api, path: str, body: dict[str, Any]) -> None:
    def made() -> bool:
        try:
            return bool(admin.request("POST", path, body=body))
        except ApiError as error:
            # Its ServiceAccount comes a moment later.
            return error.already_exists

    until(made, f"{body['kind']} is made", 30)


def template(resources: dict[str, Any], **notes: str) -> dict[str, Any]:
    container = {"name": "web", "image": "registry.example.org/team/web:1", "resources": resources, "securityContext": RESTRICTED}
    annotations = {f"{NOTES}{name.replace('_', '-')}": value for name, value in notes.items()}
    return {"metadata": {"annotations": annotations, "labels": {"app": "web"}}, "spec": {"containers": [container]}}


def cards(count: int) -> dict[str, Any]:
    return {**SMALL, "limits": {**SMALL["limits"], "nvidia.com/gpu": str(count)}}


def start_pod(
    admin: Api, namespace: str, name: str, resources: dict[str, Any] = SMALL, selector: dict[str, str] | None = None, **notes: str
) -> None:
    made = template(resources, **notes)
    made["spec"]["nodeSelector"] = selector or {}
    made["metadata"]["name"] = name
    post(admin, f"/api/v1/namespaces/{namespace}/pods", {"apiVersion": "v1", "kind": "Pod", **made})


def told(namespace: Namespace, user: User) -> dict[str, Any]:
    return {group.explanation.code: group for group in what_needs_somebody(namespace, user)}


def test_four_usual_troubles_are_each_understood_from_one_page(kubeconfig: Path) -> None:
    cluster = bootstrap(kubeconfig, name="main", display_name="Main")
    admin = connect(read_file(kubeconfig), timeout=10)
    with watching(cluster):
        until(lambda: GpuFlavor.objects.filter(cluster=cluster, name="h100", installed=16), "the cards are counted", 60)
        space = applied(cluster, memory=32 * GIB, gpus={"h100": 12})
        start_pod(admin, space.name, "holder", cards(3), selector=H100)
        start_pod(admin, space.name, "crashes", crash_after_seconds="0", exit_code="3", back_off_seconds="2")
        start_pod(admin, space.name, "no-image", pull_error="not-found")
        # A node has eight.
        start_pod(admin, space.name, "no-card", cards(9), selector=H100)
        workload = {"replicas": 1, "selector": {"matchLabels": {"app": "web"}}, "template": template(HUGE)}
        post(
            admin,
            f"/apis/apps/v1/namespaces/{space.name}/deployments",
            {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "too-large"}, "spec": workload},
        )
        reader = make_user("reader", {"vision": "viewer"})
        until(lambda: Pod.objects.filter(name="holder", phase="Running").exists(), "three cards are held", 60)
        wanted = {"exit-error", "image-not-found", "quota-full", "gpu-short"}
        found = until(lambda: (now := told(space, reader)) and wanted <= now.keys() and now, "all is told", 90)
    admin.close()
    assert found["exit-error"].about == [("Pod", "crashes")] and "exit code 3" in found["exit-error"].explanation.text
    assert "registry.example.org/team/web:1" in found["image-not-found"].explanation.text
    full = found["quota-full"]
    assert full.about[0][0] == "ReplicaSet" and full.about[0][1].startswith("too-large-")
    assert "limits.memory: it asks for 64Gi" in full.explanation.text and "of 32Gi were used" in full.explanation.text
    page = Client()
    page.force_login(reader)
    answer = page.get(f"/namespaces/{space.pk}/pods/no-card/").content.decode()
    assert "No GPU is free for it" in answer and "It asks for 9." in answer and "In the cluster's own words" in answer
    assert f"The nodes of this kind have 16, held by: {space.name} 3." in answer
