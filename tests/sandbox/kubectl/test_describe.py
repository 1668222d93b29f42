"""kubectl describe, explain and what tells about the server."""

import os
import re

import pytest

from tests.contract.definitions import definition, new_group, version
from tests.sandbox.kubectl.conftest import Kubectl
from tests.sandbox.kubectl.objects import deployment, pod
from tests.sandbox.test_real_definitions import FILES


def test_a_pod_is_described_with_its_events(kubectl: Kubectl) -> None:
    kubectl.apply(pod("a"))
    printed = kubectl.until(lambda printed: "Started container main" in printed, "describe", "pod", "a")
    assert re.search(r"Node: +sandbox-", printed) and re.search(r"Image: +example.org/app:1", printed)
    assert re.search(r"Normal +Scheduled", printed) and re.search(r"QoS Class: +BestEffort", printed)


def test_a_node_is_described_with_its_pods(kubectl: Kubectl) -> None:
    kubectl.apply(pod("seen"))
    kubectl("wait", "--for=condition=Ready", "pod/seen", "--timeout=30s")
    node = kubectl("get", "pod", "seen", "-o", "jsonpath={.spec.nodeName}")
    printed = kubectl("describe", "node", node)
    assert re.search(rf"{kubectl.namespace} +seen", printed) and "Allocated resources:" in printed
    assert re.search(r"Ready +True", printed)


def test_a_deployment_a_quota_and_a_namespace_are_described(kubectl: Kubectl) -> None:
    kubectl.apply(deployment("web", 0))
    assert re.search(r"Replicas: +0 desired", kubectl("describe", "deployment", "web"))
    kubectl("create", "quota", "q", "--hard=pods=5,requests.cpu=2")
    kubectl.until(lambda printed: re.search(r"pods +0 +5", printed), "describe", "quota", "q")
    printed = kubectl("describe", "namespace", kubectl.namespace)
    assert re.search(r"Status: +Active", printed) and "Resource Quotas" in printed


def test_fields_are_explained(kubectl: Kubectl) -> None:
    printed = kubectl("explain", "pod.spec.containers")
    assert re.search(r"KIND: +Pod", printed) and re.search(r"image\s+<string>", printed)
    assert re.search(r"replicas\s+<integer>", kubectl("explain", "deployment", "--recursive"))
    assert 'field "nonsense" does not exist' in kubectl.fails("explain", "pod.nonsense")


def test_kinds_and_fields_are_described_in_the_words_of_the_api(kubectl: Kubectl) -> None:
    assert "attribute_map" not in kubectl("explain", "pod.spec.containers.resources")
    assert "Pod is a collection of containers that can run on a host" in unwrapped(kubectl("explain", "pod"))
    assert "Name of the container specified as a DNS_LABEL" in unwrapped(kubectl("explain", "pod.spec.containers.name"))
    assert "A single application container" in unwrapped(kubectl("explain", "deployment.spec.template.spec.containers"))
    assert "sets aggregate quota restrictions enforced per namespace" in unwrapped(kubectl("explain", "resourcequota"))


def unwrapped(printed: str) -> str:
    """Without the lines' ends."""
    return " ".join(printed.split())


@pytest.mark.since(27, "it has no OpenAPI v3, whose explanations name these types")
def test_amounts_and_alternatives_have_their_names(kubectl: Kubectl) -> None:
    assert re.search(r"limits\s+<map\[string\]Quantity>", kubectl("explain", "pod.spec.containers.resources"))
    assert re.search(r"minAvailable\s+<IntOrString>", kubectl("explain", "poddisruptionbudget.spec"))


def test_fields_of_custom_kinds_are_explained(kubectl: Kubectl) -> None:
    group = new_group()
    older = {"type": "object", "properties": {"count": {"type": "integer"}}}
    kubectl.apply(definition(group, version("v1"), version("v1beta1", older, storage=False)))
    name = f"widgets.{group}"
    # The definition has to be published first.
    printed = kubectl.until(lambda printed: "spec" in printed, "explain", "widgets", f"--api-version={group}/v1")
    assert re.search(r"KIND: +Widget", printed) and re.search(r"kind\s+<string>\n +\S+", printed)
    recursive = kubectl("explain", "widgets", f"--api-version={group}/v1", "--recursive")
    assert re.search(r"parts\s+<\[\]Object>\s+name\s+<string>( -required-)?\s+weight\s+<integer>", recursive)
    assert re.search(r"mode *<string>", kubectl("explain", "widgets.spec.mode", f"--api-version={group}/v1"))
    before = kubectl("explain", "widgets.spec", f"--api-version={group}/v1beta1")
    assert re.search(r"count\s+<integer>", before) and "mode" not in before
    assert 'field "nonsense" does not exist' in kubectl.fails("explain", "widgets.spec.nonsense", f"--api-version={group}/v1")
    kubectl("delete", "crd", name)


@pytest.mark.skipif(not FILES, reason="no definitions lie beside the checkout")
def test_an_inference_service_is_explained(kubectl: Kubectl) -> None:
    (file,) = [each for each in FILES if each.name == "kserve-inferenceservices.yaml"]
    kubectl("apply", "--server-side", "-f", os.fspath(file))
    kubectl.until(lambda printed: "spec" in printed, "explain", "inferenceservices")
    deep = kubectl("explain", "isvc.spec.predictor.model", "--api-version=serving.kserve.io/v1beta1")
    assert re.search(r"storageUri\s+<string>", deep) and re.search(r"modelFormat\s+<Object>", deep)
    recursive = kubectl("explain", "inferenceservices", "--recursive")
    assert re.search(r"predictor\s+<Object>", recursive) and re.search(r"minReplicas\s+<integer>", recursive)


def test_resources_are_listed(kubectl: Kubectl) -> None:
    # What is listed counts, not the exit: the group of a definition that has just gone may be listed for a while, with nothing in it.
    printed = kubectl.run("api-resources").stdout
    assert re.search(r"^pods +po +v1 +true +Pod", printed, re.MULTILINE)
    assert re.search(r"^deployments +deploy +apps/v1 +true +Deployment", printed, re.MULTILINE)
    unspaced = kubectl.run("api-resources", "--namespaced=false").stdout
    assert re.search(r"^nodes +no +v1 +false +Node", unspaced, re.MULTILINE) and not re.search(r"^pods ", unspaced, re.MULTILINE)
    assert "rbac.authorization.k8s.io/v1" in kubectl("api-versions").split()


def test_the_server_tells_about_itself(kubectl: Kubectl) -> None:
    assert kubectl.json("version")["serverVersion"]["gitVersion"].startswith("v1.")
    assert "is running at" in kubectl("cluster-info")
    assert kubectl("get", "--raw", "/readyz") == "ok"


@pytest.mark.since(28, "it has no SelfSubjectReview")
def test_it_tells_who_asks(kubectl: Kubectl) -> None:
    assert "system:masters" in kubectl.json("auth", "whoami")["status"]["userInfo"]["groups"]
