"""Where the portal's ServiceAccount lives."""

from typing import Any

from clusters.manifests.labels import SYSTEM, metadata


def render(owner: str) -> dict[str, Any]:
    """The Namespace slipway-system."""
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata(SYSTEM, owner)}
