"""kubectl patch, label, annotate, scale, set, wait and delete."""

import time

import pytest

from tests.sandbox.kubectl.conftest import Kubectl
from tests.sandbox.kubectl.objects import config_map, deployment, pod


@pytest.mark.parametrize(
    ("kind", "patch"),
    [
        ("merge", '{"data":{"one":null,"two":"2"}}'),
        ("strategic", '{"data":{"one":null,"two":"2"}}'),
        ("json", '[{"op":"remove","path":"/data/one"},{"op":"add","path":"/data/two","value":"2"}]'),
    ],
)
def test_patches_of_every_kind(kubectl: Kubectl, kind: str, patch: str) -> None:
    kubectl.apply(config_map("a", one="1"))
    assert kubectl("patch", "configmap", "a", f"--type={kind}", "-p", patch) == "configmap/a patched\n"
    assert kubectl.json("get", "configmap", "a")["data"] == {"two": "2"}


def test_the_status_is_patched_alone(kubectl: Kubectl) -> None:
    kubectl.apply(pod("a", schedulerName="nobody"))
    kubectl("patch", "pod", "a", "--subresource=status", "--type=merge", "-p", '{"status":{"message":"hello"}}')
    assert kubectl("get", "pod", "a", "-o", "jsonpath={.status.message}") == "hello"


def test_labels_and_annotations(kubectl: Kubectl) -> None:
    kubectl.apply(config_map("a"))
    assert kubectl("label", "configmap", "a", "team=x") == "configmap/a labeled\n"
    assert "'team' already has a value (x)" in kubectl.fails("label", "configmap", "a", "team=y")
    kubectl("label", "configmap", "a", "team=y", "--overwrite")
    assert kubectl("annotate", "configmap", "a", "note=z") == "configmap/a annotated\n"
    metadata = kubectl.json("get", "configmap", "a")["metadata"]
    assert metadata["labels"] == {"team": "y"} and metadata["annotations"]["note"] == "z"
    kubectl("label", "configmap", "a", "team-")
    assert "labels" not in kubectl.json("get", "configmap", "a")["metadata"]


def test_a_scale_with_its_precondition(kubectl: Kubectl) -> None:
    kubectl.apply(deployment("web", 0))
    assert "Expected replicas to be 5, was 0" in kubectl.fails("scale", "deployment/web", "--replicas=2", "--current-replicas=5")
    assert kubectl("scale", "deployment/web", "--replicas=1") == "deployment.apps/web scaled\n"
    assert kubectl("get", "deployment", "web", "-o", "jsonpath={.spec.replicas}") == "1"


def test_image_resources_and_environment_are_set(kubectl: Kubectl) -> None:
    kubectl.apply(deployment("web", 0))
    kubectl("set", "image", "deployment/web", "main=example.org/app:7")
    kubectl("set", "resources", "deployment/web", "--limits=cpu=200m")
    kubectl("set", "env", "deployment/web", "COLOUR=blue")
    container = kubectl.json("get", "deployment", "web")["spec"]["template"]["spec"]["containers"][0]
    assert container["image"] == "example.org/app:7" and container["resources"]["limits"] == {"cpu": "200m"}
    assert container["env"] == [{"name": "COLOUR", "value": "blue"}]


def test_it_waits_for_conditions_and_values(kubectl: Kubectl) -> None:
    kubectl.apply(pod("a"))
    assert kubectl("wait", "--for=condition=Ready", "pod/a", "--timeout=30s") == "pod/a condition met\n"
    assert kubectl("wait", "--for=jsonpath={.status.phase}=Running", "pod/a", "--timeout=30s") == "pod/a condition met\n"
    assert "timed out waiting" in kubectl.fails("wait", "--for=condition=Nonsense", "pod/a", "--timeout=0.5s")
    kubectl("delete", "pod", "a", "--wait=false")
    kubectl("wait", "--for=delete", "pod/a", "--timeout=30s")
    assert "NotFound" in kubectl.fails("get", "pod", "a")


def test_a_delete_waits_for_the_pod_to_be_gone(kubectl: Kubectl) -> None:
    kubectl.apply(pod("a"))
    kubectl("wait", "--for=condition=Ready", "pod/a", "--timeout=30s")
    kubectl("delete", "pod", "a", "--grace-period=1")
    assert "NotFound" in kubectl.fails("get", "pod", "a")


def test_a_forced_delete_does_not_wait(kubectl: Kubectl) -> None:
    held = pod("a")
    held["metadata"]["annotations"] = {"sandbox.slipway.dev/stop-seconds": "20"}
    kubectl.apply(held)
    kubectl("wait", "--for=condition=Ready", "pod/a", "--timeout=30s")
    begun = time.monotonic()
    assert "force deleted" in kubectl("delete", "pod", "a", "--force", "--grace-period=0")
    assert "NotFound" in kubectl.fails("get", "pod", "a") and time.monotonic() - begun < 10


def test_deletes_by_label_and_of_all(kubectl: Kubectl) -> None:
    for name in ("a", "b", "c"):
        kubectl.apply(config_map(name))
    kubectl("label", "configmap", "a", "b", "old=yes")
    kubectl("delete", "configmap", "-l", "old=yes")
    assert "NotFound" in kubectl.fails("get", "configmap", "a", "b") and kubectl("get", "configmap", "c")
    assert "deleted (server dry run)" in kubectl("delete", "configmap", "c", "--dry-run=server")
    kubectl("delete", "configmap", "--all")
    assert "NotFound" in kubectl.fails("get", "configmap", "c")


def test_a_namespace_goes_with_what_is_in_it(kubectl: Kubectl) -> None:
    kubectl.apply(config_map("a"))
    kubectl("delete", "namespace", kubectl.namespace, "--timeout=50s")
    assert "NotFound" in kubectl.fails("get", "namespace", kubectl.namespace)


@pytest.mark.parametrize("cascade", ["foreground", "background"])
def test_what_a_deployment_owns_goes_with_it(kubectl: Kubectl, cascade: str) -> None:
    kubectl.apply(deployment("web", 1))
    kubectl("rollout", "status", "deployment/web", "--timeout=50s")
    kubectl("delete", "deployment", "web", f"--cascade={cascade}", "--timeout=50s")
    owned = ("get", "replicasets,pods", "-l", "app=web", "-o", "name")
    if cascade == "foreground":
        assert "replicaset" not in kubectl(*owned)
    kubectl.until(lambda names: not names, *owned)


def test_orphans_stay(kubectl: Kubectl) -> None:
    kubectl.apply(deployment("web", 1))
    kubectl("rollout", "status", "deployment/web", "--timeout=50s")
    kubectl("delete", "deployment", "web", "--cascade=orphan", "--timeout=50s")
    [replicas] = kubectl.json("get", "replicasets", "-l", "app=web")["items"]
    [left] = kubectl.json("get", "pods", "-l", "app=web")["items"]
    assert "ownerReferences" not in replicas["metadata"]
    assert [each["uid"] for each in left["metadata"]["ownerReferences"]] == [replicas["metadata"]["uid"]]
    kubectl("delete", "replicaset", replicas["metadata"]["name"], "--cascade=orphan", "--timeout=50s")
    [left] = kubectl.json("get", "pods", "-l", "app=web")["items"]
    assert "ownerReferences" not in left["metadata"]
    assert "deletionTimestamp" not in left["metadata"]
