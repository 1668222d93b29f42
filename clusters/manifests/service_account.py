"""Who the portal is in the cluster."""

from typing import Any

from clusters.manifests.labels import PORTAL, SYSTEM, metadata


def render(owner: str) -> dict[str, Any]:
    """The ServiceAccount slipway-portal; no pod mounts its token."""
    where = metadata(PORTAL, owner, namespace=SYSTEM)
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": where, "automountServiceAccountToken": False}
