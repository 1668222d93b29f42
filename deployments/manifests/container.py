"""The container that serves: its size, environment by reference, probes and security context."""

from typing import Any

from deployments.manifests import security
from deployments.manifests.facts import ROUTED, Facts, Variant
from deployments.manifests.resources import resources
from deployments.manifests.runtimes import PORT, SERVERS
from deployments.spec import Variable

NAME = "kserve-container"
# The name by which the Service, the ServiceMonitor and Knative know the port.
PORT_NAME = "http1"
PROBE_SECONDS = 5


def serving(facts: Facts, variant: Variant) -> dict[str, Any]:
    """What a model's container says beside its runtime, and a custom image's container says alone."""
    made: dict[str, Any] = {
        "env": _environment(facts, variant),
        "ports": [{"name": PORT_NAME, "containerPort": port(variant), "protocol": "TCP"}],
        "resources": resources(variant),
        "securityContext": security.of_container(),
        **_probes(facts, variant),
    }
    arguments = _arguments(facts, variant)
    return {**made, "args": arguments} if arguments else made


def port(variant: Variant) -> int:
    """Where the container listens."""
    return variant.spec.port if variant.spec.source.kind == "image" else PORT


def _environment(facts: Facts, variant: Variant) -> list[dict[str, Any]]:
    """Never empty: a canary inherits what it does not name, and an empty list names nothing. No number of a revision is in it, or each
    change of a number of replicas would restart all pods."""
    own = [{"name": "SLIPWAY_DEPLOYMENT", "value": facts.name}]
    server = SERVERS.get(variant.spec.runtime)
    if variant.spec.source.kind != "image" and server and server.name_variable:
        own.append({"name": server.name_variable, "value": facts.name})
    taken = {each["name"] for each in own}
    return own + [_reference(variable) for variable in variant.spec.env if variable.name not in taken]


def _reference(variable: Variable) -> dict[str, Any]:
    kind = "configMapKeyRef" if variable.source == "configmap" else "secretKeyRef"
    return {"name": variable.name, "valueFrom": {kind: {"name": variable.object, "key": variable.key}}}


def _arguments(facts: Facts, variant: Variant) -> list[str]:
    """A custom image's own; a runtime gets what it needs to know the model by the deployment's name, whatever the InferenceService's, and
    then, if it takes any, the deployment's own. KServe puts them behind those of its runtime."""
    if variant.spec.source.kind == "image":
        return list(variant.spec.args)
    server = SERVERS[variant.spec.runtime]
    named = server.name_argument and facts.serving.splitting in ROUTED
    own = variant.spec.args if server.takes_arguments else ()
    return [*server.arguments, *([f"{server.name_argument}={facts.name}"] if named else []), *own]


def _probes(facts: Facts, variant: Variant) -> dict[str, Any]:
    """Ready by the runtime's own word. Knative has no startup probe; there the revision's deadline gives the time to load."""
    ready = {"readinessProbe": _probe(facts, variant, 3)}
    if facts.serving.mode == "Knative":
        return ready
    tries = max(1, -(-variant.spec.startup_seconds // PROBE_SECONDS))
    return {**ready, "startupProbe": _probe(facts, variant, tries)}


def _probe(facts: Facts, variant: Variant, tries: int) -> dict[str, Any]:
    path = variant.spec.ready_path or ready_path(facts, variant)
    asked = {"httpGet": {"path": path, "port": port(variant)}} if path else {"tcpSocket": {"port": port(variant)}}
    return {**asked, "periodSeconds": PROBE_SECONDS, "timeoutSeconds": 3, "failureThreshold": tries}


def ready_path(facts: Facts, variant: Variant) -> str:
    """Where the runtime says that the model is loaded; empty for a custom image, of which only its port is known."""
    if variant.spec.source.kind == "image":
        return ""
    return SERVERS[variant.spec.runtime].ready_path or f"/v1/models/{facts.name}"
