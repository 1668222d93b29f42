"""The portal's own ClusterRole: kinds and verbs by name. It can bind the published roles and no others, and read no Secret."""

from typing import Any

from clusters.manifests.labels import PORTAL, PUBLISHED_ROLES, metadata, rule
from kube.kinds import KINDS

READ = ["get", "list", "watch"]
APPLY = ["get", "list", "watch", "create", "patch", "delete"]
RBAC = "rbac.authorization.k8s.io"
# What deployments render is written by the role slipway-runner, in the portal's own namespaces; here it is only seen.
WATCHED = {
    "serving.kserve.io": ["inferenceservices"],
    "monitoring.coreos.com": ["servicemonitors"],
    "policy": ["poddisruptionbudgets"],
    "autoscaling": ["horizontalpodautoscalers"],
    "gateway.networking.k8s.io": ["httproutes"],
    "networking.k8s.io": ["ingresses"],
}
DEFINITIONS = sorted(kind.definition for kind in KINDS.values() if kind.definition)
RULES = [
    rule("", ["namespaces", "resourcequotas", "limitranges", "serviceaccounts"], APPLY),
    rule(RBAC, ["rolebindings"], APPLY),
    rule("networking.k8s.io", ["networkpolicies"], APPLY),
    rule(RBAC, ["clusterroles"], ["bind"], resourceNames=list(PUBLISHED_ROLES)),
    rule("", ["pods", "events", "nodes"], READ),
    *(rule(group, resources, READ) for group, resources in WATCHED.items()),
    rule("serving.kserve.io", ["servingruntimes", "clusterservingruntimes", "clusterstoragecontainers"], READ),
    rule("apiextensions.k8s.io", ["customresourcedefinitions"], ["get"], resourceNames=list(DEFINITIONS)),
    rule("", ["configmaps"], ["get"], resourceNames=["inferenceservice-config"]),
    rule("", ["services/proxy"], ["get", "create"], resourceNames=["kserve-ingress-gateway", "kserve-ingress-gateway:http"]),
    rule("", ["serviceaccounts/token"], ["create"], resourceNames=[PORTAL]),
    # What pods use, of all of them in one answer.
    rule("metrics.k8s.io", ["pods"], ["list"]),
]


def render(owner: str) -> dict[str, Any]:
    """The ClusterRole slipway-portal."""
    return {"apiVersion": f"{RBAC}/v1", "kind": "ClusterRole", "metadata": metadata(PORTAL, owner), "rules": RULES}
