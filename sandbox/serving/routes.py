"""Where requests for an InferenceService go: the pods of its predictors that are ready, by share. Pure functions."""

import json
from typing import Any

from sandbox.nodes.pools import SIMULATED
from sandbox.serving.config import KNATIVE, STANDARD
from sandbox.serving.copies import Copies
from sandbox.serving.model_status import is_ready
from sandbox.serving.names import CONTAINER, PORT, Object, is_stopped
from sandbox.serving.predictors import Predictor, canaries_of, stable_of
from sandbox.serving.problems import SpecProblem
from sandbox.serving.validation import check

PORTS = "sandbox.slipway.dev/ports"
# Knative's own, in seconds.
USUAL_TIMEOUT = 300


def route_of(service: Object, copies: Copies) -> Object:
    """What the ingress must know of one: namespace, name, and its backends with the weight that each has when all are ready."""
    namespace, name = service["metadata"]["namespace"], service["metadata"]["name"]
    if is_stopped(service):
        return {"namespace": namespace, "name": name, "stopped": True, "backends": []}
    if _mode(service) == KNATIVE:
        waits = {"patience": patience_of(stable_of(service).spec)}
        backends = [{**_backend(namespace, *share, copies), **waits} for share in _revisions(service)]
    else:
        backends = [_backend(namespace, *share, copies) for share in _predictors(service)]
    return {"namespace": namespace, "name": name, "backends": backends}


def _mode(service: Object) -> str:
    return str((service.get("status") or {}).get("deploymentMode", ""))


def _predictors(service: Object) -> list[tuple[str, int]]:
    """Workloads and their weights, the stable one first."""
    canaries = _canaries(service)
    rest = max(100 - sum(each.percent or 0 for each in canaries), 0)
    return [(stable_of(service).workload, rest), *((each.workload, each.percent or 0) for each in canaries)]


def _revisions(service: Object) -> list[tuple[str, int]]:
    """Revisions and their weights, as the status says that traffic goes; the one that is rolled out to all first."""
    component = ((service.get("status") or {}).get("components") or {}).get("predictor") or {}
    found: dict[str, int] = {}
    for each in sorted(component.get("traffic") or [], key=lambda target: bool(target.get("latestRevision"))):
        found[each["revisionName"]] = found.get(each["revisionName"], 0) + int(each.get("percent") or 0)
    return list(found.items())


def _canaries(service: Object) -> list[Predictor]:
    """None of a spec that breaks a rule: nothing is made of them."""
    try:
        check(service, STANDARD)
    except SpecProblem:
        return []
    return canaries_of(service)


def patience_of(predictor: Object) -> int:
    """For how many seconds a request waits for a pod at most: as long as its answer may take."""
    return int(predictor.get("timeout") or USUAL_TIMEOUT)


def _backend(namespace: str, workload: str, weight: int, copies: Copies) -> Object:
    pods = [pod for pod in copies.pods_of(namespace, workload) if is_ready(pod) and "deletionTimestamp" not in pod["metadata"]]
    endpoints = [{"pod": pod["metadata"]["name"], "address": address} for pod in pods if (address := address_of(pod))]
    return {"service": workload, "weight": weight, "simulated": bool(pods) and not endpoints, "endpoints": endpoints}


def address_of(pod: Object) -> str:
    """HOST:PORT of the process behind a pod; empty where there is none, because it is simulated."""
    notes, address = pod["metadata"].get("annotations") or {}, (pod.get("status") or {}).get("podIP")
    if notes.get(SIMULATED) == "true" or not address:
        return ""
    main: Object = next((each for each in pod["spec"]["containers"] if each["name"] == CONTAINER), pod["spec"]["containers"][0])
    port = ((main.get("ports") or [{}])[0]).get("containerPort", PORT)
    return f"{address}:{_real_ports(notes).get(str(port), port)}"


def _real_ports(notes: dict[str, str]) -> dict[str, Any]:
    try:
        found = json.loads(notes.get(PORTS) or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
