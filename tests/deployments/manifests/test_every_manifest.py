"""S13, S14, S18, S19: whatever the form takes and whatever the cluster offers, what is rendered is valid, ours, tight and in place."""

import re

import kubernetes_validate
import pytest
import yaml
from hypothesis import given, settings

from deployments.manifests import render
from deployments.manifests.facts import Serving, Variant
from sandbox.admission.podsecurity.policies import Policy
from sandbox.admission.podsecurity.standards import violations
from tests.deployments.manifests.definitions import needed, problems
from tests.deployments.manifests.worlds import KINDS, MARK, custom, every_part, facts, spec, worlds

RESTRICTED = Policy("restricted", "v1.29")
ALLOWED = {
    ("serving.kserve.io/v1beta1", "InferenceService"),
    ("monitoring.coreos.com/v1", "ServiceMonitor"),
    ("policy/v1", "PodDisruptionBudget"),
    ("autoscaling/v2", "HorizontalPodAutoscaler"),
    ("gateway.networking.k8s.io/v1", "HTTPRoute"),
    ("networking.k8s.io/v1", "Ingress"),
}
BUILT_IN = {"PodDisruptionBudget", "HorizontalPodAutoscaler", "Ingress"}
REAL = {"InferenceService", "ServiceMonitor"}
LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
VALUE = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?")
OF_AN_AUTOSCALER = {"maxReplicas", "scaleMetric", "scaleTarget", "scaleMetricType", "autoScaling"}


@needed
@settings(max_examples=150)
@given(worlds())
def test_every_custom_object_is_valid_by_the_real_definition(world):
    for manifest in render(world):
        if manifest["kind"] in REAL:
            assert problems(manifest) == []


@needed
def test_the_definitions_find_what_is_wrong():
    (manifest,) = render(facts(serving=Serving()))
    manifest["spec"]["predictor"]["minReplicas"] = "one"
    manifest["spec"]["predictor"]["replicas"] = 2
    assert len(problems(manifest)) == 2


@settings(max_examples=60)
@given(worlds())
def test_every_built_in_object_is_valid(world):
    for manifest in render(world):
        if manifest["kind"] in BUILT_IN:
            kubernetes_validate.validate(manifest, "1.29", strict=True)
            kubernetes_validate.validate(manifest, "1.34", strict=True)


@given(worlds())
def test_every_object_is_of_an_allowed_kind_and_marked_as_ours(world):
    for manifest in render(world):
        assert (manifest["apiVersion"], manifest["kind"]) in ALLOWED
        metadata = manifest["metadata"]
        assert metadata["namespace"] == world.namespace
        assert metadata["labels"].items() >= {
            ("app.kubernetes.io/managed-by", "slipway"),
            ("slipway.dev/owner", "deployment.17"),
            ("slipway.dev/team", "vision"),
            ("slipway.dev/deployment", world.name),
        }
        assert metadata["annotations"]["slipway.dev/claim"] == "c1a1"


@given(worlds())
def test_every_name_is_the_deployments_or_made_of_it_and_none_twice(world):
    own = {world.name, *(f"{world.name}-{variant.name}" for variant in world.variants)}
    names = [(manifest["kind"], manifest["metadata"]["name"]) for manifest in render(world)]
    assert len(names) == len(set(names))
    for _kind, name in names:
        assert name in own
        assert LABEL.fullmatch(name)


@given(worlds())
def test_every_label_fits(world):
    for part in every_part(render(world)):
        for where in ("labels", "matchLabels"):
            for key, value in part.get(where, {}).items():
                assert VALUE.fullmatch(value), f"{key} {value}"


@settings(max_examples=200)
@given(worlds())
def test_nothing_that_somebody_writes_gets_into_a_key_a_label_or_an_annotation(world):
    manifests = render(world)
    for part in every_part(manifests):
        assert not any(MARK in key for key in part)
        for where in ("labels", "annotations", "matchLabels"):
            assert not any(MARK in value for value in part.get(where, {}).values())
    for manifest in manifests:
        assert yaml.safe_load(yaml.safe_dump(manifest)) == manifest


@settings(max_examples=200)
@given(worlds())
def test_no_apply_owns_what_an_autoscaler_owns(world):
    for part in every_part(render(world)):
        assert "replicas" not in part
        for canary in part.get("canary", []):
            assert not OF_AN_AUTOSCALER & canary["predictor"].keys()


@settings(max_examples=200)
@given(worlds())
def test_every_container_satisfies_restricted(world):
    """The pod that KServe makes of a predictor: its own fields, with the container that the model's part is."""
    for manifest in render(world):
        if manifest["kind"] != "InferenceService":
            continue
        spec_ = manifest["spec"]
        for predictor in (spec_["predictor"], *(each["predictor"] for each in spec_.get("canary", []))):
            containers = predictor.get("containers") or [{"name": "kserve-container", **predictor["model"]}]
            pod = {"securityContext": predictor.get("securityContext", {}), "containers": containers}
            assert violations(RESTRICTED, {}, pod) == []
            assert predictor["automountServiceAccountToken"] is False
            assert predictor["serviceAccountName"] == "slipway-workload"
            assert not {"hostNetwork", "hostPID", "hostIPC", "volumes", "initContainers", "nodeName"} & predictor.keys()


@settings(max_examples=200)
@given(worlds())
def test_nothing_opens_a_way_that_the_names_and_the_cluster_do_not_give(world):
    hosts = {f"{world.name}.{world.namespace}.svc.cluster.local", f"{world.name}.{world.namespace}.{world.serving.domain}"}
    services = {f"{world.name}-{variant.name}-predictor" for variant in world.variants}
    for manifest in render(world):
        if manifest["kind"] == "HTTPRoute":
            assert set(manifest["spec"]["hostnames"]) <= hosts
            backends = manifest["spec"]["rules"][0]["backendRefs"]
            assert {backend["name"] for backend in backends} <= services
            assert not any("namespace" in backend for backend in backends)
            assert sum(backend["weight"] for backend in backends) == 100
        if manifest["kind"] == "Ingress":
            assert {rule["host"] for rule in manifest["spec"]["rules"]} <= hosts
            paths = [path for rule in manifest["spec"]["rules"] for path in rule["http"]["paths"]]
            assert {path["backend"]["service"]["name"] for path in paths} <= services


@given(worlds())
def test_what_is_for_the_cluster_alone_is_shown_to_nobody_outside(world):
    inside = all(variant.spec.exposure == "cluster" for variant in world.variants)
    for manifest in render(world) if inside else []:
        if manifest["kind"] == "InferenceService":
            visibility = {key: value for key, value in manifest["metadata"]["labels"].items() if key.endswith("/visibility")}
            assert list(visibility.values()) == ["cluster-local"]
        assert world.serving.domain not in str(manifest)


@given(worlds())
def test_cards_are_requested_as_they_are_limited(world):
    for part in every_part(render(world)):
        if part.keys() >= {"requests", "limits"}:
            cards = {name: amount for name, amount in part["requests"].items() if name not in ("cpu", "memory")}
            assert cards == {name: amount for name, amount in part["limits"].items() if name not in ("cpu", "memory")}


@pytest.mark.parametrize("runtime", ["mlflow", "custom"])
def test_two_renderings_are_equal_and_share_nothing(runtime):
    made = custom() if runtime == "custom" else spec()
    world = facts(stable=Variant(1, made), candidate=Variant(2, made), share=5, serving=Serving(splitting="canary", kinds=KINDS))
    first, second = render(world), render(world)
    assert first == second
    parts = [id(part) for part in every_part(first)]
    assert len(parts) == len(set(parts))
    assert not set(parts) & {id(part) for part in every_part(second)}
