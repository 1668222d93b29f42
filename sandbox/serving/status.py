"""The status of an InferenceService from what was made of it. Pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sandbox.serving import conditions as kinds
from sandbox.serving.conditions import TRUE, State, conditions, overall
from sandbox.serving.config import STANDARD, Config
from sandbox.serving.model_status import invalid, model_status
from sandbox.serving.names import Object
from sandbox.serving.predictors import Predictor
from sandbox.serving.problems import SpecProblem
from sandbox.serving.runtimes import Runtime

REVISION = "deployment.kubernetes.io/revision"
STOPPED = "Stopped"
STOPPED_WORDS = "the annotation serving.kserve.io/stop asks for it"


@dataclass(frozen=True)
class Side:
    """One predictor and what there is of it; `problem` if its objects could not be made."""

    predictor: Predictor
    runtime: Runtime | None = None
    deployment: Object | None = None
    pods: Sequence[Object] = field(default_factory=list)
    newest: str = ""
    problem: SpecProblem | None = None

    @property
    def is_available(self) -> bool:
        """Whether its Deployment has the pods that it must have."""
        return available(self).status == "True"


def status(service: Object, config: Config, stable: Side, canaries: Sequence[Side]) -> Object:
    """The whole of it in Standard mode."""
    before: Object = service.get("status") or {}
    states = {kinds.PREDICTOR: available(stable), kinds.INGRESS: _ingress(stable)}
    if canaries:
        states[kinds.CANARY] = _canaries(canaries)
    if any(each["type"] == kinds.STOPPED for each in before.get("conditions") or []):
        states[kinds.STOPPED] = State("False")
    states[kinds.READY] = overall(states)
    found: Object = {
        "observedGeneration": service["metadata"]["generation"],
        "deploymentMode": STANDARD,
        "conditions": conditions(states, before.get("conditions") or []),
        "components": {"predictor": _component(service, config, stable, before)},
        "modelStatus": model_of(stable, before.get("modelStatus") or {}),
    }
    if canaries:
        found["canaryStatuses"] = [_canary(each, before) for each in canaries]
    if states[kinds.PREDICTOR].status == "True" or before.get("url"):
        host = f"{stable.predictor.workload}.{service['metadata']['namespace']}.svc.cluster.local"
        found |= {"url": config.url_of(service), "address": {"url": f"http://{host}"}}
    return with_runtime(found, stable)


def with_runtime(found: Object, side: Side) -> Object:
    """The same with the runtime that serves."""
    if side.runtime is None:
        return found
    return {**found, ("clusterServingRuntimeName" if side.runtime.is_cluster else "servingRuntimeName"): side.runtime.name}


def refused(service: Object, config: Config, mode: str, problem: SpecProblem) -> Object:
    """Of a spec that breaks a rule: what is served goes on as it was, and is not what the spec says."""
    before: Object = service.get("status") or {}
    old = {each["type"]: State(each["status"], each.get("reason", ""), each.get("message", "")) for each in before.get("conditions") or []}
    state = State("False", problem.reason, problem.message)
    states = {**old, kinds.PREDICTOR: state, kinds.READY: state}
    told = {
        "conditions": conditions(states, before.get("conditions") or []),
        "modelStatus": invalid(problem, before.get("modelStatus") or {}),
    }
    return {**before, **told, "observedGeneration": service["metadata"]["generation"], "deploymentMode": mode}


def stopped(service: Object, mode: str) -> Object:
    """Of one that was stopped: nothing serves."""
    state = State("False", STOPPED, STOPPED_WORDS)
    states = {kinds.PREDICTOR: state, kinds.INGRESS: state, kinds.READY: state, kinds.STOPPED: TRUE}
    if service["spec"].get("canary"):
        states[kinds.CANARY] = state
    before = (service.get("status") or {}).get("conditions") or []
    return {"observedGeneration": service["metadata"]["generation"], "deploymentMode": mode, "conditions": conditions(states, before)}


def available(side: Side) -> State:
    """PredictorReady of one predictor, from its Deployment."""
    if side.problem:
        return State("False", side.problem.reason, side.problem.message)
    deployment = side.deployment or {"metadata": {}}
    shown = {each["type"]: each for each in (deployment.get("status") or {}).get("conditions") or []}
    is_seen = (deployment.get("status") or {}).get("observedGeneration", 0) >= deployment["metadata"].get("generation", 1)
    if not is_seen or "Available" not in shown:
        return State("Unknown", "DeploymentInProgress", f"waiting for the Deployment {side.predictor.workload}")
    available, progressing = shown["Available"], shown.get("Progressing") or {}
    if available["status"] != "True" and progressing.get("status") == "False":
        return State("False", progressing.get("reason", ""), progressing.get("message", ""))
    return State(
        available["status"], *(("", "") if available["status"] == "True" else (available.get("reason", ""), available.get("message", "")))
    )


def _ingress(stable: Side) -> State:
    return TRUE if available(stable).status == "True" else State("False", "PredictorNotReady", "there is nothing to route to yet")


def _canaries(sides: Sequence[Side]) -> State:
    late = [side for side in sides if not side.is_available]
    if not late:
        return State("True", "AllCanariesReady")
    words = "; ".join(f"{side.predictor.name}: {available(side).message or 'not ready'}" for side in late)
    return State("False", "CanariesNotReady", words)


def _canary(side: Side, before: Object) -> Object:
    old: Object = next((each for each in before.get("canaryStatuses") or [] if each["name"] == side.predictor.name), {})
    shown = {"name": side.predictor.name, "ready": side.is_available, "trafficPercent": side.predictor.percent}
    return shown | {"modelStatus": model_of(side, old.get("modelStatus") or {})}


def model_of(side: Side, before: Object) -> Object:
    """modelStatus of one predictor; `before` is the former one."""
    if side.problem:
        return invalid(side.problem, before)
    return model_status(side.pods, side.newest)


def _component(service: Object, config: Config, stable: Side, before: Object) -> Object:
    old: Object = (before.get("components") or {}).get("predictor") or {}
    found = {key: old[key] for key in ("latestReadyRevision",) if key in old}
    revision = ((stable.deployment or {"metadata": {}})["metadata"].get("annotations") or {}).get(REVISION)
    if revision:
        found["latestCreatedRevision"] = revision
        if stable.is_available and model_status(stable.pods, stable.newest)["transitionStatus"] == "UpToDate":
            found["latestReadyRevision"] = revision
    if stable.is_available or old.get("url"):
        found["url"] = config.url_of(service, stable.predictor.workload)
    return found
