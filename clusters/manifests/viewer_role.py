"""The published ClusterRole slipway-viewer: read what runs in one's namespaces, never Secrets."""

from typing import Any

from clusters.manifests.labels import VIEWER, metadata, rule

READ = ["get", "list", "watch"]
RULES = [
    rule("", ["pods", "services", "endpoints", "configmaps", "events", "persistentvolumeclaims", "serviceaccounts"], READ),
    rule("", ["resourcequotas", "limitranges"], READ),
    rule("", ["pods/log"], ["get"]),
    rule("apps", ["deployments", "replicasets", "statefulsets"], READ),
    rule("batch", ["jobs", "cronjobs"], READ),
    rule("autoscaling", ["horizontalpodautoscalers"], READ),
    rule("networking.k8s.io", ["networkpolicies", "ingresses"], READ),
    rule("gateway.networking.k8s.io", ["httproutes"], READ),
    rule("policy", ["poddisruptionbudgets"], READ),
    rule("monitoring.coreos.com", ["servicemonitors"], READ),
    rule("rbac.authorization.k8s.io", ["rolebindings"], READ),
    rule("serving.kserve.io", ["inferenceservices", "servingruntimes"], READ),
    rule("kubeflow.org", ["pytorchjobs", "mpijobs", "tfjobs"], READ),
    rule("trainer.kubeflow.org", ["trainjobs"], READ),
    rule("metrics.k8s.io", ["pods"], READ),
]


def render(owner: str) -> dict[str, Any]:
    """The ClusterRole."""
    return {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": metadata(VIEWER, owner), "rules": RULES}
