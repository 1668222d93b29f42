"""Where the pods of a variant may run, and how they are spread."""

from typing import Any

from deployments.manifests.facts import Facts, Variant
from deployments.manifests.names import names_predictors, predictor_name, service_name

TOPOLOGIES = {"nodes": "kubernetes.io/hostname", "zones": "topology.kubernetes.io/zone"}
# What holds for every pod anyway. A canary inherits lists that it leaves empty, so that where there are canaries none is empty.
DEFAULT_SKEWS = {"kubernetes.io/hostname": 3, "topology.kubernetes.io/zone": 5}
ON_LINUX = {"key": "kubernetes.io/os", "operator": "In", "values": ["linux"]}
DEFAULT_TOLERATIONS = [
    {"key": f"node.kubernetes.io/{fault}", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300}
    for fault in ("not-ready", "unreachable")
]


def placement(facts: Facts, variant: Variant) -> dict[str, Any]:
    """The parts of a pod's spec that the flavor and the wish to be spread decide.

    Selectors are written as node affinity: maps of a canary are merged into those of the stable variant, lists take their place.
    """
    terms, tolerations, spread = _terms(facts, variant), _tolerations(facts, variant), _spread(facts, variant)
    made: dict[str, Any] = {}
    if terms:
        required = {"nodeSelectorTerms": [{"matchExpressions": terms}]}
        made["affinity"] = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": required}}
    if tolerations:
        made["tolerations"] = tolerations
    if spread:
        made["topologySpreadConstraints"] = spread
    if variant.gpu and variant.gpu.runtime_class:
        made["runtimeClassName"] = variant.gpu.runtime_class
    return made


def _terms(facts: Facts, variant: Variant) -> list[dict[str, Any]]:
    selector = variant.gpu.node_selector if variant.gpu else {}
    chosen = [{"key": key, "operator": "In", "values": [value]} for key, value in sorted(selector.items())]
    return [{**ON_LINUX, "values": ["linux"]}, *chosen] if names_predictors(facts) else chosen


def _tolerations(facts: Facts, variant: Variant) -> list[dict[str, Any]]:
    flavor = [dict(each) for each in variant.gpu.tolerations] if variant.gpu else []
    return [*flavor, *(dict(each) for each in DEFAULT_TOLERATIONS)] if names_predictors(facts) else flavor


def _spread(facts: Facts, variant: Variant) -> list[dict[str, Any]]:
    """As even as it can be: a pod that fits nowhere evenly still starts."""
    inherited = DEFAULT_SKEWS if names_predictors(facts) else {}
    skews = {TOPOLOGIES[variant.spec.spread]: 1} if variant.spec.spread else inherited
    return [
        {
            "maxSkew": skew,
            "topologyKey": key,
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": pod_labels(facts, variant)},
        }
        for key, skew in skews.items()
    ]


def pod_labels(facts: Facts, variant: Variant) -> dict[str, str]:
    """Labels by which KServe marks the pods of one variant and no others."""
    if names_predictors(facts):
        return {"app": f"isvc.{predictor_name(facts, variant)}"}
    return {"serving.kserve.io/inferenceservice": service_name(facts, variant), "component": "predictor"}
