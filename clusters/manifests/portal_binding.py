"""Gives the portal's ServiceAccount its ClusterRole."""

from typing import Any

from clusters.manifests.labels import PORTAL, SYSTEM, metadata

RBAC = "rbac.authorization.k8s.io"


def render(owner: str) -> dict[str, Any]:
    """The ClusterRoleBinding slipway-portal."""
    return {
        "apiVersion": f"{RBAC}/v1",
        "kind": "ClusterRoleBinding",
        "metadata": metadata(PORTAL, owner),
        "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": PORTAL},
        "subjects": [{"kind": "ServiceAccount", "name": PORTAL, "namespace": SYSTEM}],
    }
