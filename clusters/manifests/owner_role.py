"""The published ClusterRole slipway-owner: what members may, their shell into pods, and the namespace's Secrets."""

from typing import Any

from clusters.manifests import member_role
from clusters.manifests.labels import OWNER_ROLE, metadata, rule

RULES = [
    *member_role.RULES,
    rule("", ["pods/exec", "pods/portforward"], ["create", "get"]),
    rule("", ["secrets"], ["get", "list", "watch", "create", "update", "patch", "delete"]),
]


def render(owner: str) -> dict[str, Any]:
    """The ClusterRole."""
    return {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": metadata(OWNER_ROLE, owner), "rules": RULES}
