"""The main shapes of a deployment, whole, as they are applied."""

from dataclasses import replace

import pytest

from deployments.manifests import render
from deployments.manifests.facts import Serving, Variant
from deployments.spec import Scaling, Source, Variable
from tests.deployments.manifests.worlds import CANARY, KINDS, OURS, custom, facts, kinds_of, one, spec

LABELS = {
    "app.kubernetes.io/managed-by": "slipway",
    "slipway.dev/owner": "deployment.17",
    "slipway.dev/team": "vision",
    "slipway.dev/deployment": "iris",
}
TIGHT = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}


def predictor(**changes):
    """The predictor of the only InferenceService."""
    return one(render(facts(**changes)), "InferenceService")["spec"]["predictor"]


def test_the_plain_path():
    (service,) = render(facts(serving=Serving()))
    assert service == {
        "apiVersion": "serving.kserve.io/v1beta1",
        "kind": "InferenceService",
        "metadata": {
            "name": "iris",
            "namespace": "vision-prod",
            "labels": {**LABELS, "networking.kserve.io/visibility": "cluster-local"},
            "annotations": {"slipway.dev/claim": "c1a1", "serving.kserve.io/deploymentMode": "Standard"},
        },
        "spec": {
            "predictor": {
                "annotations": {"serving.kserve.io/autoscalerClass": "none"},
                "serviceAccountName": "slipway-workload",
                "automountServiceAccountToken": False,
                "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
                "timeout": 60,
                "model": {
                    "modelFormat": {"name": "mlflow"},
                    "protocolVersion": "v2",
                    "storageUri": "s3://models/iris",
                    "env": [{"name": "SLIPWAY_DEPLOYMENT", "value": "iris"}, {"name": "MLSERVER_MODEL_NAME", "value": "iris"}],
                    "ports": [{"name": "http1", "containerPort": 8080, "protocol": "TCP"}],
                    "resources": {"requests": {"cpu": "500m", "memory": "512Mi"}, "limits": {"cpu": "1", "memory": "1Gi"}},
                    "securityContext": TIGHT,
                    "readinessProbe": {
                        "httpGet": {"path": "/v2/health/ready", "port": 8080},
                        "periodSeconds": 5,
                        "timeoutSeconds": 3,
                        "failureThreshold": 3,
                    },
                    "startupProbe": {
                        "httpGet": {"path": "/v2/health/ready", "port": 8080},
                        "periodSeconds": 5,
                        "timeoutSeconds": 3,
                        "failureThreshold": 60,
                    },
                },
                "minReplicas": 1,
                "maxReplicas": 1,
                "deploymentStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
            }
        },
    }


def test_an_image_of_ones_own():
    made = custom(command=("serve",), args=("--fast",), ready_path="/ready", env=(Variable("TOKEN", "secret", "store", "token"),))
    container = predictor(stable=Variant(1, made))["containers"]
    asked = {"httpGet": {"path": "/ready", "port": 9000}, "periodSeconds": 5, "timeoutSeconds": 3}
    assert container == [
        {
            "name": "kserve-container",
            "image": "registry.example.com/ml/own:1",
            "command": ["serve"],
            "args": ["--fast"],
            "env": [
                {"name": "SLIPWAY_DEPLOYMENT", "value": "iris"},
                {"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": "store", "key": "token"}}},
            ],
            "ports": [{"name": "http1", "containerPort": 9000, "protocol": "TCP"}],
            "resources": {"requests": {"cpu": "500m", "memory": "512Mi"}, "limits": {"cpu": "1", "memory": "1Gi"}},
            "securityContext": TIGHT,
            "readinessProbe": {**asked, "failureThreshold": 3},
            "startupProbe": {**asked, "failureThreshold": 60},
        }
    ]
    assert "model" not in predictor(stable=Variant(1, made))


def test_an_image_that_says_no_path_is_ready_when_its_port_is():
    assert predictor(stable=Variant(1, custom()))["containers"][0]["readinessProbe"]["tcpSocket"] == {"port": 9000}


@pytest.mark.parametrize(
    ("runtime", "name", "path"),
    [
        ("mlflow", "mlflow", "/v2/health/ready"),
        ("sklearn", "sklearn", "/v2/health/ready"),
        ("xgboost", "xgboost", "/v2/health/ready"),
        ("tensorflow", "tensorflow", "/v1/models/iris"),
        ("torchserve", "pytorch", "/v2/health/ready"),
        ("triton", "triton", "/v2/health/ready"),
        ("vllm", "huggingface", "/v2/health/ready"),
    ],
)
def test_a_runtime_is_found_by_its_format_and_asked_in_its_way(runtime, name, path):
    model = predictor(stable=Variant(1, spec(runtime=runtime)))["model"]
    assert model["modelFormat"] == {"name": name}
    assert model["readinessProbe"]["httpGet"]["path"] == path


@pytest.mark.parametrize(("seconds", "tries"), [(1, 1), (5, 1), (6, 2), (300, 60), (3600, 720)])
def test_a_model_has_its_time_to_load(seconds, tries):
    model = predictor(stable=Variant(1, spec(startup_seconds=seconds)))["model"]
    assert model["startupProbe"]["failureThreshold"] == tries


def test_a_variable_of_a_config_map_is_a_reference():
    made = spec(env=(Variable("LEVEL", "configmap", "settings", "level"),))
    named = {each["name"]: each for each in predictor(stable=Variant(1, made))["model"]["env"]}
    assert named["LEVEL"] == {"name": "LEVEL", "valueFrom": {"configMapKeyRef": {"name": "settings", "key": "level"}}}


def test_no_variable_stands_twice_and_ours_stay_ours():
    made = spec(env=(Variable("MLSERVER_MODEL_NAME", "secret", "store", "name"), Variable("A", "secret", "store", "a")))
    names = [each["name"] for each in predictor(stable=Variant(1, made))["model"]["env"]]
    assert names == ["SLIPWAY_DEPLOYMENT", "MLSERVER_MODEL_NAME", "A"]


def test_recreating_is_said_to_kserve():
    assert predictor(stable=Variant(1, spec(strategy="recreate")))["deploymentStrategy"] == {"type": "Recreate"}


@pytest.mark.parametrize(("spread", "key"), [("nodes", "kubernetes.io/hostname"), ("zones", "topology.kubernetes.io/zone")])
@pytest.mark.parametrize("serving", [Serving(), CANARY], ids=["plain", "canary"])
def test_pods_are_spread_among_their_own_kind(spread, key, serving):
    (constraint,) = predictor(stable=Variant(1, spec(spread=spread)), serving=serving)["topologySpreadConstraints"]
    assert (constraint["maxSkew"], constraint["topologyKey"]) == (1, key)
    labels = constraint["labelSelector"]["matchLabels"]
    if serving is CANARY:
        assert labels == {"app": "isvc.iris-r1-predictor"}
    else:
        assert labels == {"serving.kserve.io/inferenceservice": "iris", "component": "predictor"}


def test_what_is_for_the_outside_says_nothing_of_the_cluster_alone():
    service = one(render(facts(stable=Variant(1, spec(exposure="outside")))), "InferenceService")
    assert service["metadata"]["labels"] == LABELS


def test_a_pause_stops_what_can_be_stopped_and_takes_away_the_rest():
    everything = {"stable": Variant(1, spec(min_available=1)), "candidate": Variant(2, spec()), "share": 20, "paused": True}
    (service,) = render(facts(**everything, serving=CANARY))
    assert service["metadata"]["annotations"]["serving.kserve.io/stop"] == "true"
    assert render(facts(**everything, serving=replace(CANARY, stops=False))) == []
    for splitting in ("httproute", "ingress"):
        stopped = render(facts(**everything, serving=Serving(splitting=splitting, kinds=KINDS)))
        assert kinds_of(stopped) == ["InferenceService", "InferenceService"]


def test_the_other_kinds_are_rendered_where_the_cluster_has_them():
    made = Variant(1, spec(min_available=2, scaling=Scaling(3, 3)))
    assert kinds_of(render(facts(stable=made))) == ["InferenceService", "PodDisruptionBudget", "ServiceMonitor"]
    assert kinds_of(render(facts(stable=made, serving=Serving()))) == ["InferenceService"]


def test_a_budget_counts_the_pods_of_the_stable_variant():
    world = facts(stable=Variant(1, spec(min_available=2)), candidate=Variant(2, spec(min_available=3)), share=5, serving=CANARY)
    budget = one(render(world), "PodDisruptionBudget")
    assert budget["metadata"]["name"] == "iris-r1"
    assert budget["spec"] == {"minAvailable": 2, "selector": {"matchLabels": {"app": "isvc.iris-r1-predictor"}}}


@pytest.mark.parametrize(("mode", "port"), [("Standard", "http1"), ("Knative", "http-usermetric")])
def test_prometheus_finds_the_services_that_kserve_makes(mode, port):
    monitor = one(render(facts(serving=Serving(mode, mode, kinds=KINDS))), "ServiceMonitor")
    assert monitor["spec"]["selector"] == {"matchLabels": {"slipway.dev/deployment": "iris", "component": "predictor"}}
    assert [(each["port"], each["path"]) for each in monitor["spec"]["endpoints"]] == [(port, "/metrics")]


def resource(name, percent):
    """A metric of an autoscaler, in the words that KServe and Kubernetes share."""
    return {"type": "Resource", "resource": {"name": name, "target": {"type": "Utilization", "averageUtilization": percent}}}


CALM = {"scaleUp": {"stabilizationWindowSeconds": 15}, "scaleDown": {"stabilizationWindowSeconds": 120}}
BUSY = Scaling(2, 8, cpu=70, memory=80, concurrency=4, up_seconds=15, down_seconds=120)


def test_processor_and_memory_scale_together_by_kserves_autoscaler():
    found = predictor(stable=Variant(1, spec(scaling=BUSY)))
    assert (found["minReplicas"], found["maxReplicas"]) == (2, 8)
    assert found["annotations"] == {"serving.kserve.io/autoscalerClass": "hpa"}
    assert found["autoScaling"] == {"metrics": [resource("cpu", 70), resource("memory", 80)], "behavior": CALM}
    assert not {"scaleMetric", "scaleTarget"} & found.keys()


def test_an_autoscaler_of_our_own_keeps_the_stabilisation():
    manifests = render(facts(stable=Variant(1, spec(scaling=BUSY)), serving=replace(CANARY, kinds=OURS)))
    service, scaler = one(manifests, "InferenceService"), one(manifests, "HorizontalPodAutoscaler")
    assert service["spec"]["predictor"]["annotations"] == {"serving.kserve.io/autoscalerClass": "external"}
    assert "autoScaling" not in service["spec"]["predictor"]
    assert scaler["metadata"]["name"] == "iris-r1", "KServe would take one of the predictor's name for its own"
    assert scaler["spec"] == {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "iris-r1-predictor"},
        "minReplicas": 2,
        "maxReplicas": 8,
        "metrics": [resource("cpu", 70), resource("memory", 80)],
        "behavior": CALM,
    }


def test_a_canary_scales_by_an_autoscaler_of_our_own():
    world = facts(
        stable=Variant(1, spec(scaling=BUSY)),
        candidate=Variant(2, spec(scaling=BUSY)),
        share=20,
        serving=replace(CANARY, kinds=OURS),
    )
    scaler = one(render(world), "HorizontalPodAutoscaler", "iris-r2")["spec"]
    assert (scaler["minReplicas"], scaler["maxReplicas"], scaler["scaleTargetRef"]["name"]) == (1, 8, "iris-r2-predictor")


@pytest.mark.parametrize("spelling", ["Standard", "RawDeployment"])
def test_a_fixed_number_has_no_autoscaler_where_kserve_knows_none(spelling):
    found = predictor(stable=Variant(1, spec(scaling=Scaling(3, 9))), serving=Serving(spelling=spelling, kinds=OURS))
    assert (found["minReplicas"], found["maxReplicas"]) == (3, 3)
    assert found.get("annotations", {}) == ({"serving.kserve.io/autoscalerClass": "none"} if spelling == "Standard" else {})


def test_what_this_mode_cannot_scale_by_leaves_a_fixed_number():
    found = predictor(stable=Variant(1, spec(scaling=Scaling(2, 8, concurrency=4))))
    assert (found["minReplicas"], found["maxReplicas"]) == (2, 2)
    assert "autoScaling" not in found


@pytest.mark.parametrize(
    ("scaling", "expected"),
    [
        (Scaling(0, 5, concurrency=4), {"minReplicas": 0, "maxReplicas": 5, "scaleMetric": "concurrency", "scaleTarget": 4}),
        (Scaling(1, 5, rps=100), {"minReplicas": 1, "maxReplicas": 5, "scaleMetric": "rps", "scaleTarget": 100}),
        (Scaling(1, 5, cpu=70), {"minReplicas": 1, "maxReplicas": 1}),
    ],
)
def test_knative_scales_by_concurrency_or_requests(scaling, expected):
    found = predictor(stable=Variant(1, spec(scaling=scaling)), serving=Serving("Knative", "Knative", "percent", kinds=OURS))
    known = {"minReplicas", "maxReplicas", "scaleMetric", "scaleTarget", "autoScaling", "deploymentStrategy", "securityContext"}
    assert {key: value for key, value in found.items() if key in known} == expected
    assert found["annotations"]["serving.knative.dev/progress-deadline"] == "300s"
    assert "startupProbe" not in found["model"]


def test_knative_keeps_the_calm_of_scaling_down():
    made = spec(scaling=Scaling(1, 5, rps=100, down_seconds=7200))
    found = predictor(stable=Variant(1, made), serving=Serving("Knative", "Serverless", "percent"))
    assert found["annotations"]["autoscaling.knative.dev/scale-down-delay"] == "3600s"


def test_the_modes_name_is_spelled_as_the_cluster_spells_it():
    service = one(render(facts(serving=Serving(spelling="RawDeployment"))), "InferenceService")
    assert service["metadata"]["annotations"]["serving.kserve.io/deploymentMode"] == "RawDeployment"


def test_an_address_of_a_claim_is_handed_on():
    made = spec(source=Source("uri", uri="pvc://models/iris"))
    assert predictor(stable=Variant(1, made))["model"]["storageUri"] == "pvc://models/iris"


def test_arguments_reach_the_runtime_that_takes_some_and_no_other():
    args = ("--max-model-len", "4096")
    assert predictor(stable=Variant(1, spec(runtime="vllm", args=args)))["model"]["args"] == ["--backend=vllm", *args]
    assert "args" not in predictor(stable=Variant(1, spec(args=args)))["model"]
