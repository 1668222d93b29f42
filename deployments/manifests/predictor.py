"""The predictor of one variant: its container in its pod, how it scales and how its pods are exchanged."""

from typing import Any

from deployments.manifests import container, scaling, security
from deployments.manifests.facts import Facts, Variant
from deployments.manifests.names import names_predictors
from deployments.manifests.placement import placement
from deployments.manifests.resources import resources
from deployments.manifests.runtimes import SERVERS

# The ServiceAccount that every namespace has for what runs in it.
SERVICE_ACCOUNT = "slipway-workload"


def stable(facts: Facts, variant: Variant) -> dict[str, Any]:
    """A whole predictor."""
    strategy = {"deploymentStrategy": _strategy(variant)} if facts.serving.mode == "Standard" else {}
    return {**_pods(facts, variant), **scaling.scaling(facts, variant), **strategy}


def canary(facts: Facts, variant: Variant) -> dict[str, Any]:
    """A predictor that KServe lays over the stable one: pods and a number, nothing that would scale."""
    made = {**_pods(facts, variant), "minReplicas": scaling.candidate_replicas(facts, variant)}
    if "model" not in made:
        return made
    # Amounts are merged by their names: cards that only the stable variant wants are taken back by a nought.
    inherited, own = resources(facts.stable), made["model"]["resources"]
    amounts = {kind: {**dict.fromkeys(inherited[kind], "0"), **own[kind]} for kind in own}
    # The definition asks for a name here, which KServe forbids to a stable model; it is the one that the runtime's container has.
    return {**made, "model": {**made["model"], "name": container.NAME, "resources": amounts}}


def _strategy(variant: Variant) -> dict[str, Any]:
    if variant.spec.strategy == "recreate":
        return {"type": "Recreate"}
    return {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}


def _pods(facts: Facts, variant: Variant) -> dict[str, Any]:
    annotations = scaling.annotations(facts, variant)
    return {
        **({"name": variant.name} if names_predictors(facts) else {}),
        **({"annotations": annotations} if annotations else {}),
        "serviceAccountName": SERVICE_ACCOUNT,
        "automountServiceAccountToken": False,
        # Knative forbids a pod's own context unless a flag is set; the containers say all of it themselves.
        **({"securityContext": security.of_pod()} if facts.serving.mode == "Standard" else {}),
        **placement(facts, variant),
        "timeout": timeout(variant),
        **_server(facts, variant),
    }


def _server(facts: Facts, variant: Variant) -> dict[str, Any]:
    spec, serving = variant.spec, container.serving(facts, variant)
    if spec.source.kind == "image":
        command = {"command": list(spec.command)} if spec.command else {}
        return {"containers": [{"name": container.NAME, "image": spec.source.image, **command, **serving}]}
    found = {"modelFormat": {"name": SERVERS[spec.runtime].format}, "protocolVersion": spec.protocol, "storageUri": spec.source.uri}
    return {"model": {**found, **serving}}


def timeout(variant: Variant) -> int:
    """The longest answer in seconds."""
    server = SERVERS.get(variant.spec.runtime)
    return server.timeout if server else 60
