"""How many replicas a variant has, and who decides it. What an autoscaler owns, the replicas of a Deployment, is in no manifest."""

from collections.abc import Mapping
from typing import Any

from deployments.manifests.facts import Facts, Mode, Variant

METRICS: Mapping[Mode, tuple[str, ...]] = {"Standard": ("cpu", "memory"), "Knative": ("concurrency", "rps")}
AUTOSCALER = "HorizontalPodAutoscaler"
AUTOSCALER_CLASS = "serving.kserve.io/autoscalerClass"
# Knative takes no longer delay.
LONGEST_DELAY = 3600


def targets(facts: Facts, variant: Variant) -> dict[str, int]:
    """The targets that this mode can scale by; Knative scales by one alone."""
    found = {name: value for name, value in variant.spec.scaling.targets.items() if name in METRICS[facts.serving.mode]}
    return dict(list(found.items())[:1]) if facts.serving.mode == "Knative" else found


def is_automatic(facts: Facts, variant: Variant) -> bool:
    """Whether an autoscaler decides."""
    return variant.spec.scaling.automatic and bool(targets(facts, variant))


def bounds(facts: Facts, variant: Variant) -> tuple[int, int]:
    """(fewest, most) replicas; equal without an autoscaler."""
    fewest = variant.spec.scaling.minimum
    return fewest, variant.spec.scaling.maximum if is_automatic(facts, variant) else fewest


def candidate_replicas(facts: Facts, candidate: Variant) -> int:
    """How many pods a canary has: its share of the most that the variant would need alone, since none of KServe's canaries scales."""
    return of_share(bounds(facts, candidate)[1], facts.share)


def of_share(count: int, share: int) -> int:
    """That many percent of a number of pods, and never none."""
    return max(1, -(-count * share // 100))


def is_ours(facts: Facts) -> bool:
    """Whether the autoscalers are objects of ours."""
    return facts.serving.mode == "Standard" and AUTOSCALER in facts.serving.kinds and facts.serving.spelling == "Standard"


def scaling(facts: Facts, variant: Variant) -> dict[str, Any]:
    """The part of a predictor's spec."""
    fewest, most = bounds(facts, variant)
    made: dict[str, Any] = {"minReplicas": fewest, "maxReplicas": most}
    if not is_automatic(facts, variant):
        return made
    if facts.serving.mode == "Knative":
        metric, value = next(iter(targets(facts, variant).items()))
        return {**made, "scaleMetric": metric, "scaleTarget": value}
    return made if is_ours(facts) else {**made, "autoScaling": rules(facts, variant)}


def rules(facts: Facts, variant: Variant) -> dict[str, Any]:
    """By what is scaled and how calmly, in the words that KServe and Kubernetes share."""
    wanted = variant.spec.scaling
    return {
        "metrics": [_metric(name, value) for name, value in targets(facts, variant).items()],
        "behavior": {
            "scaleUp": {"stabilizationWindowSeconds": wanted.up_seconds},
            "scaleDown": {"stabilizationWindowSeconds": wanted.down_seconds},
        },
    }


def _metric(name: str, value: int) -> dict[str, Any]:
    return {"type": "Resource", "resource": {"name": name, "target": {"type": "Utilization", "averageUtilization": value}}}


def annotations(facts: Facts, variant: Variant) -> dict[str, str]:
    """What KServe and Knative read from annotations: no autoscaler at all for a fixed number, and how long a load may be over."""
    if facts.serving.mode == "Standard":
        # Under its old name of the mode KServe does not know the class that keeps a number; it then pins one by equal bounds.
        if facts.serving.spelling != "Standard":
            return {}
        whose = "external" if is_ours(facts) else "hpa"
        return {AUTOSCALER_CLASS: whose if is_automatic(facts, variant) else "none"}
    deadline = {"serving.knative.dev/progress-deadline": f"{max(1, variant.spec.startup_seconds)}s"}
    if not is_automatic(facts, variant):
        return deadline
    delay = min(variant.spec.scaling.down_seconds, LONGEST_DELAY)
    return {**deadline, "autoscaling.knative.dev/scale-down-delay": f"{delay}s"}
