"""The LimitRange: without it, a pod that names no requests is refused by the quota with words that nobody expects."""

from typing import Any

from tenants.manifests.facts import Facts
from tenants.manifests.metadata import metadata

NAME = "slipway-limits"


def render(facts: Facts) -> dict[str, Any]:
    """The manifest: what a container gets that says nothing itself."""
    container = {
        "type": "Container",
        "default": {"cpu": "500m", "memory": "512Mi"},
        "defaultRequest": {"cpu": "100m", "memory": "256Mi"},
    }
    return {"apiVersion": "v1", "kind": "LimitRange", "metadata": metadata(facts, NAME), "spec": {"limits": [container]}}
