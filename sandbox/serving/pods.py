"""From a predictor and its runtime to the template of its pods."""

from dataclasses import dataclass
from typing import Any

from sandbox.patches.strategic import strategic_patch
from sandbox.schema.types import all_types
from sandbox.serving.names import COMPONENT, CONTAINER, OF_SERVICE, PORT, Object
from sandbox.serving.predictors import FRAMEWORKS, SCALING, Predictor
from sandbox.serving.problems import INVALID_SPEC, SpecProblem
from sandbox.serving.runtimes import Runtime
from sandbox.serving.templates import filled_everywhere

# Of a predictor, what is not part of its pods; the rest is a PodSpec.
NOT_OF_PODS = {"name", "model", "labels", "annotations", "deploymentStrategy", "batcher", "logger", "workerSpec", "storageUris", "timeout"}
NOT_OF_PODS |= {"containerConcurrency", "storageContainerName", "resources", *SCALING, *FRAMEWORKS}
# Of a model, what is not part of its container.
NOT_OF_CONTAINER = {"modelFormat", "runtime", "runtimeVersion", "protocolVersion", "storageUri", "storage"}
OF_RUNTIME_PODS = ("affinity", "nodeSelector", "tolerations", "volumes", "imagePullSecrets", "hostIPC", "schedulerName")


@dataclass(frozen=True)
class Template:
    """Labels and annotations that the pods share with their Deployment, and their spec."""

    labels: dict[str, str]
    annotations: dict[str, str]
    spec: Object


def template(service: Object, predictor: Predictor, runtime: Runtime | None) -> Template:
    """The pods of a predictor, still without what fetches the model. Raises SpecProblem."""
    spec = predictor.spec
    own = {key: value for key, value in spec.items() if key not in NOT_OF_PODS and value is not None}
    pod = _with_runtime(service, predictor, runtime, own) if runtime else _custom(own)
    main = next(each for each in pod["containers"] if each["name"] == CONTAINER)
    main.setdefault("terminationMessagePolicy", "FallbackToLogsOnError")
    main.setdefault("readinessProbe", _listens(main))
    runtime_spec = runtime.spec if runtime else {}
    # What the InferenceService itself is labelled with, its pods are too.
    labels = {**(runtime_spec.get("labels") or {}), **(service["metadata"].get("labels") or {}), **(spec.get("labels") or {})}
    labels |= {OF_SERVICE: service["metadata"]["name"], COMPONENT: "predictor"}
    annotations = {**(runtime_spec.get("annotations") or {}), **_passed_on(service), **(spec.get("annotations") or {})}
    return Template(labels, annotations, pod)


def _with_runtime(service: Object, predictor: Predictor, runtime: Runtime, own: Object) -> Object:
    base = {key: runtime.spec[key] for key in OF_RUNTIME_PODS if runtime.spec.get(key) is not None}
    pod = strategic_patch(base, {key: value for key, value in own.items() if key != "containers"}, all_types()["core.v1.PodSpec"])
    containers = runtime.spec["containers"]
    main = next((each for each in containers if each["name"] == CONTAINER), None)
    if main is None:
        raise SpecProblem(INVALID_SPEC, f"the runtime {runtime.name} has no container {CONTAINER}")
    model = {key: value for key, value in predictor.spec["model"].items() if key not in NOT_OF_CONTAINER and value is not None}
    sidecars = [each for each in own.get("containers") or [] if each["name"] != CONTAINER]
    merged = _merged(main, {**model, "name": CONTAINER})
    filled = [filled_everywhere(each, service) for each in (merged, *(each for each in containers if each is not main))]
    return {**pod, "containers": [*filled, *sidecars]}


def _merged(base: Object, own: Object) -> Object:
    """A runtime's container with what the model says of it; arguments are added to those of the runtime."""
    merged = strategic_patch(base, own, all_types()["core.v1.Container"])
    if base.get("args") and own.get("args"):
        merged["args"] = [*base["args"], *own["args"]]
    return merged


def _custom(own: Object) -> Object:
    containers = [dict(each) for each in own.get("containers") or []]
    if not containers:
        raise SpecProblem(INVALID_SPEC, "the predictor has neither a model nor containers")
    if not any(each["name"] == CONTAINER for each in containers):
        containers[0]["name"] = CONTAINER
    return {**own, "containers": containers}


def _listens(container: Object) -> Object:
    ports: list[Any] = container.get("ports") or [{"containerPort": PORT}]
    return {"tcpSocket": {"port": ports[0]["containerPort"]}, "timeoutSeconds": 1, "periodSeconds": 10, "failureThreshold": 3}


def _passed_on(service: Object) -> dict[str, str]:
    """Its annotations without those that steer the controller or are some tool's notes."""
    given = service["metadata"].get("annotations") or {}
    left_out = ("kubectl.kubernetes.io/last-applied-configuration", "serving.kserve.io/stop")
    return {key: value for key, value in given.items() if key not in left_out}


def port_of(spec: Object) -> int:
    """The port at which the pods of this spec are asked."""
    main = next(each for each in spec["containers"] if each["name"] == CONTAINER)
    ports = main.get("ports") or []
    return int(ports[0]["containerPort"]) if ports else PORT
