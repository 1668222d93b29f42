"""The portal's own ClusterRole: kinds and verbs by name. It can bind the three published roles and no others, and read no Secret."""

from typing import Any

from clusters.manifests.labels import PORTAL, PUBLISHED_ROLES, metadata, rule

READ = ["get", "list", "watch"]
APPLY = ["get", "list", "watch", "create", "patch", "delete"]
RBAC = "rbac.authorization.k8s.io"
RULES = [
    rule("", ["namespaces", "resourcequotas", "limitranges", "serviceaccounts"], APPLY),
    rule(RBAC, ["rolebindings"], APPLY),
    rule("networking.k8s.io", ["networkpolicies"], APPLY),
    rule(RBAC, ["clusterroles"], ["bind"], resourceNames=list(PUBLISHED_ROLES)),
    rule("", ["pods", "events", "nodes"], READ),
    rule("", ["serviceaccounts/token"], ["create"], resourceNames=[PORTAL]),
]


def render(owner: str) -> dict[str, Any]:
    """The ClusterRole slipway-portal."""
    return {"apiVersion": f"{RBAC}/v1", "kind": "ClusterRole", "metadata": metadata(PORTAL, owner), "rules": RULES}
