"""The status of an InferenceService in Knative mode. Pure functions."""

from sandbox.serving import conditions as kinds
from sandbox.serving.conditions import TRUE, State, conditions, overall
from sandbox.serving.config import KNATIVE, Config
from sandbox.serving.knative.records import DEPLOYING
from sandbox.serving.knative.traffic import Rollout, write
from sandbox.serving.model_status import BLOCKED, FAILED, LOAD_FAILED, LOADED
from sandbox.serving.names import Object
from sandbox.serving.status import Side, available, model_of, with_runtime

# The end of a traceback that a condition shows; modelStatus has more of it.
WORDS = 400


def status(service: Object, config: Config, latest: Side, rollout: Rollout, ready: State = DEPLOYING) -> Object:
    """The whole of it; `latest` is the latest revision, which may not serve yet, `ready` what its Revision says of itself."""
    before: Object = service.get("status") or {}
    newest = _newest(latest, ready)
    route = TRUE if rollout.traffic else State(newest.status, newest.reason, newest.message)
    model = _model(latest, ready, before.get("modelStatus") or {})
    states = {kinds.PREDICTOR: _predictor(latest, newest, model), kinds.CONFIGURATIONS: newest, kinds.ROUTES: route, kinds.INGRESS: route}
    if any(each["type"] == kinds.STOPPED for each in before.get("conditions") or []):
        states[kinds.STOPPED] = State("False")
    states[kinds.READY] = overall(states)
    if rollout.traffic:
        model["states"] = {**model["states"], "activeModelState": LOADED}
    found: Object = {
        "observedGeneration": service["metadata"]["generation"],
        "deploymentMode": KNATIVE,
        "conditions": conditions(states, before.get("conditions") or []),
        "components": {"predictor": _component(service, config, latest, rollout)},
        "modelStatus": model,
    }
    if rollout.traffic:
        host = f"{service['metadata']['name']}.{service['metadata']['namespace']}.svc.cluster.local"
        found |= {"url": config.url_of(service), "address": {"url": f"http://{host}"}}
    return with_runtime(found, latest)


def _newest(latest: Side, ready: State) -> State:
    """Of the latest revision: at zero it is as ready as it was before, until it was ready once as its Deployment is."""
    told = available(latest)
    if latest.problem or (ready.status == "Unknown" and told.status != "True"):
        return told
    return ready


def _model(latest: Side, ready: State, before: Object) -> Object:
    """modelStatus: without pods as of one that is just getting started, except where they were given up."""
    found = model_of(latest, before)
    if latest.problem or latest.pods or ready.status != "False":
        return found
    states = {**found["states"], "targetModelState": FAILED}
    why = before.get("lastFailureInfo") or {"reason": LOAD_FAILED, "message": ready.message}
    return {**found, "transitionStatus": BLOCKED, "states": states, "lastFailureInfo": why}


def _predictor(latest: Side, newest: State, model: Object) -> State:
    """Not known while the latest revision is on its way; false once it has failed."""
    if latest.problem or newest.status == "True":
        return newest
    if model["transitionStatus"] == BLOCKED:
        return State("False", "RevisionFailed", model["lastFailureInfo"]["message"][-WORDS:])
    return State("Unknown", newest.reason, newest.message)


def _component(service: Object, config: Config, latest: Side, rollout: Rollout) -> Object:
    host = f"{latest.predictor.workload}.{service['metadata']['namespace']}.svc.cluster.local"
    reached = {"url": config.url_of(service, latest.predictor.workload), "address": {"url": f"http://{host}"}}
    return {**write(rollout), **(reached if rollout.traffic else {})}
