"""HorizontalPodAutoscalers of our own: KServe's writes none of the wished stabilisation into the one that it makes."""

from typing import Any

from deployments.manifests import scaling
from deployments.manifests.facts import Facts, Variant
from deployments.manifests.metadata import metadata
from deployments.manifests.names import part_name, predictor_name, tells_apart


def render(facts: Facts) -> list[dict[str, Any]]:
    """One for each variant that scales; none while nothing runs."""
    if facts.paused or not scaling.is_ours(facts):
        return []
    known = facts.variants if tells_apart(facts) else (facts.stable,)
    return [_manifest(facts, each) for each in known if scaling.is_automatic(facts, each)]


def _manifest(facts: Facts, variant: Variant) -> dict[str, Any]:
    fewest, most = scaling.bounds(facts, variant)
    if variant is facts.candidate:
        fewest = scaling.of_share(fewest, facts.share)
    return {
        "apiVersion": "autoscaling/v2",
        "kind": scaling.AUTOSCALER,
        "metadata": metadata(facts, part_name(facts, variant)),
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": predictor_name(facts, variant)},
            "minReplicas": max(1, fewest),
            "maxReplicas": most,
            **scaling.rules(facts, variant),
        },
    }
