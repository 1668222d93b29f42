"""The simulator of KServe understands what is rendered for KServe: the same rules, the same pods."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deployments.manifests import render
from deployments.manifests.facts import Serving, Variant
from deployments.spec import Scaling
from sandbox.serving import objects_of
from sandbox.serving.pods import template
from sandbox.serving.predictors import canaries_of, stable_of
from sandbox.serving.runtimes import Runtime, choose
from sandbox.serving.validation import check
from tests.deployments.manifests.laid_over import pods_of
from tests.deployments.manifests.worlds import CANARY, KINDS, OURS, canaries, custom, facts, one, spec, worlds

STANDARD = st.builds(Serving, st.just("Standard"), st.just("Standard"), st.sampled_from(["canary", "httproute", ""]), kinds=st.just(KINDS))
MLSERVER = {
    "metadata": {"name": "kserve-mlserver"},
    "spec": {
        "protocolVersions": ["v2"],
        "supportedModelFormats": [{"name": "mlflow", "version": "2", "autoSelect": True}],
        "containers": [
            {
                "name": "kserve-container",
                "image": "mlserver",
                "args": ["--model_name={{.Name}}"],
                "ports": [{"name": "http", "containerPort": 8080, "protocol": "TCP"}],
                "readinessProbe": {"httpGet": {"path": "/other", "port": 8080}, "periodSeconds": 1},
            }
        ],
    },
}


@settings(max_examples=150)
@given(worlds(STANDARD))
def test_no_rule_of_kserve_is_broken(world):
    for manifest in render(world):
        if manifest["kind"] == "InferenceService":
            check(manifest, "Standard")


@settings(max_examples=150)
@given(canaries(st.just(CANARY)))
def test_a_canary_is_laid_over_the_stable_one_to_what_it_would_be_alone(world):
    (canary,) = canaries_of(one(render(world), "InferenceService"))
    alone = stable_of(one(render(replace(world, stable=world.candidate, candidate=None, share=0)), "InferenceService"))
    assert pods_of(canary.spec) == pods_of(alone.spec)
    assert (canary.name, canary.percent) == (alone.name, world.share)


def pods(world, runtime=MLSERVER):
    """The template of the stable predictor's pods."""
    service = one(render(world), "InferenceService")
    predictor = stable_of(service)
    return template(service, predictor, choose(predictor.spec["model"], [], [runtime]) if runtime else None)


def test_the_runtimes_container_is_told_apart_by_nothing():
    (container,) = pods(facts()).spec["containers"]
    assert container["name"] == "kserve-container"
    assert container["ports"] == [{"name": "http1", "containerPort": 8080, "protocol": "TCP"}]
    assert container["readinessProbe"]["httpGet"]["path"] == "/v2/health/ready"
    assert container["args"] == ["--model_name=iris"]
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}


def test_an_image_of_ones_own_is_its_pod():
    (container,) = pods(facts(stable=Variant(1, custom())), runtime=None).spec["containers"]
    assert (container["image"], container["ports"][0]["containerPort"]) == ("registry.example.com/ml/own:1", 9000)


def test_labels_and_the_account_reach_the_pods():
    made = pods(facts())
    assert made.labels.items() >= {("slipway.dev/deployment", "iris"), ("serving.kserve.io/inferenceservice", "iris")}
    assert (made.spec["serviceAccountName"], made.spec["automountServiceAccountToken"]) == ("slipway-workload", False)
    assert made.spec["securityContext"]["runAsNonRoot"] is True


@pytest.mark.parametrize(
    ("scaling", "kinds", "autoscaled", "replicas"),
    [
        (Scaling(3, 3), KINDS, False, 3),
        (Scaling(2, 5, cpu=70), KINDS, True, None),
        (Scaling(2, 5, cpu=70), OURS, False, None),
        (Scaling(2, 5, rps=70), OURS, False, 2),
    ],
    ids=["fixed", "kserves", "ours", "not-here"],
)
def test_only_one_hand_sets_the_number_of_pods(scaling, kinds, autoscaled, replicas):
    world = facts(stable=Variant(1, spec(scaling=scaling)), serving=Serving(kinds=kinds))
    service = one(render(world), "InferenceService")
    service["metadata"]["uid"] = "17"
    predictor = stable_of(service)
    assert objects_of.is_autoscaled(service, predictor) == autoscaled
    made = objects_of.deployment(service, predictor, template(service, predictor, Runtime("any", True, MLSERVER["spec"])))
    assert made["spec"].get("replicas") == replicas
    ours = [each for each in render(world) if each["kind"] == "HorizontalPodAutoscaler"]
    assert len(ours) + autoscaled + (replicas is not None) == 1
