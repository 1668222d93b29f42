"""The pod that a dry run tries: what KServe would make, so that a refusal of it is a refusal of the real one."""

import kubernetes_validate
import pytest
from hypothesis import given, settings

from deployments.manifests.facts import Serving, Variant
from deployments.manifests.security import of_container
from deployments.manifests.trial_pod import representative_pod
from deployments.spec import Size, Source
from sandbox.admission.podsecurity.policies import Policy
from sandbox.admission.podsecurity.standards import violations
from tests.deployments.manifests.worlds import CANARY, H100, custom, facts, spec, worlds

RESTRICTED = Policy("restricted", "v1.29")


def pod_of(made, **changes):
    """The trial pod of a single variant."""
    world = facts(stable=Variant(1, made, H100), **changes)
    return representative_pod(world, world.stable)


def broken(pod):
    """What Pod Security `restricted` says against it."""
    return [str(each) for each in violations(RESTRICTED, pod["metadata"], pod["spec"])]


@settings(max_examples=80)
@given(worlds())
def test_every_trial_pod_is_valid(world):
    for variant in world.variants:
        kubernetes_validate.validate(representative_pod(world, variant), "1.29", strict=True)


@settings(max_examples=150)
@given(worlds())
def test_only_the_initializer_of_kserve_itself_breaks_restricted(world):
    for variant in world.variants:
        pod = representative_pod(world, variant)
        found = broken(pod)
        assert bool(found) == ("initContainers" in pod["spec"])
        assert all("storage-initializer" in each for each in found)


@pytest.mark.parametrize("serving", [Serving, lambda **more: Serving("Knative", "Knative", "percent", **more)], ids=["Standard", "Knative"])
def test_an_initializer_that_the_cluster_made_tight_is_taken(serving):
    assert broken(pod_of(spec(), serving=serving()))
    assert broken(pod_of(spec(), serving=serving(initializer=of_container()))) == []


def test_what_is_missing_from_the_initializer_is_named():
    words = " ".join(broken(pod_of(spec())))
    assert 'container "storage-initializer" must set securityContext.allowPrivilegeEscalation=false' in words
    assert 'container "storage-initializer" must set securityContext.capabilities.drop=["ALL"]' in words
    assert "runAsNonRoot" not in words, "the pod's own context says it for all"


@pytest.mark.parametrize("made", [custom(), spec(source=Source("uri", uri="pvc://models/iris/3"))], ids=["image", "claim"])
def test_a_pod_that_fetches_nothing_has_no_initializer(made):
    pod = pod_of(made)
    assert "initContainers" not in pod["spec"]
    assert broken(pod) == []


def test_a_claim_is_mounted_read_only_at_its_path():
    spec_ = pod_of(spec(source=Source("uri", uri="pvc://models/iris/3")))["spec"]
    assert spec_["volumes"][0]["persistentVolumeClaim"]["claimName"] == "models"
    assert spec_["containers"][0]["volumeMounts"] == [
        {"name": "kserve-pvc-source", "subPath": "iris/3", "mountPath": "/mnt/models", "readOnly": True}
    ]


def test_a_whole_claim_is_mounted_without_a_path():
    spec_ = pod_of(spec(source=Source("uri", uri="pvc://models")))["spec"]
    assert spec_["containers"][0]["volumeMounts"] == [{"name": "kserve-pvc-source", "mountPath": "/mnt/models", "readOnly": True}]


def test_it_asks_for_what_the_variant_asks_for_and_goes_where_it_goes():
    spec_ = pod_of(spec(size=Size(500, 1000, 2**29, 2**30, "h100", 2)))["spec"]
    assert spec_["containers"][0]["resources"]["limits"] == {"cpu": "1", "memory": "1Gi", "nvidia.com/gpu": "2"}
    assert (spec_["runtimeClassName"], spec_["tolerations"]) == ("nvidia", [dict(each) for each in H100.tolerations])
    assert spec_["serviceAccountName"] == "slipway-workload"


def test_a_candidates_pod_is_marked_as_kserve_marks_it():
    world = facts(candidate=Variant(2, spec()), share=20, serving=CANARY)
    assert world.candidate
    metadata = representative_pod(world, world.candidate)["metadata"]
    assert metadata["name"] == "iris-r2-predictor-trial"
    assert metadata["labels"]["app"] == "isvc.iris-r2-predictor"
    assert metadata["labels"]["serving.kserve.io/inferenceservice"] == "iris"


def test_knatives_proxy_counts():
    names = [each["name"] for each in pod_of(custom(), serving=Serving("Knative", "Knative", "percent"))["spec"]["containers"]]
    assert names == ["kserve-container", "queue-proxy"]
