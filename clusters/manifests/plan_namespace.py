"""The empty namespace in which the objects of namespaces that do not exist yet are dry-run: a dry run in a missing one is a 404."""

from typing import Any

from clusters.manifests.labels import PLAN, metadata
from kube.kinds import PREFIX


def render(owner: str) -> dict[str, Any]:
    """The Namespace slipway-plan."""
    manifest: dict[str, Any] = {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata(PLAN, owner)}
    manifest["metadata"]["labels"][PREFIX + "purpose"] = "plan"
    return manifest
