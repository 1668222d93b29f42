"""The PodDisruptionBudget: how many pods of the stable variant must stand while nodes are drained."""

from typing import Any

from deployments.manifests.facts import Facts
from deployments.manifests.metadata import metadata
from deployments.manifests.names import part_name
from deployments.manifests.placement import pod_labels

KIND = "PodDisruptionBudget"


def render(facts: Facts) -> list[dict[str, Any]]:
    """None while nothing runs, and none for a candidate: it has fewer pods, and a budget that can never be kept holds up every drain."""
    least = facts.stable.spec.min_available
    if facts.paused or least is None or KIND not in facts.serving.kinds:
        return []
    spec = {"minAvailable": least, "selector": {"matchLabels": pod_labels(facts, facts.stable)}}
    return [{"apiVersion": "policy/v1", "kind": KIND, "metadata": metadata(facts, part_name(facts, facts.stable)), "spec": spec}]
