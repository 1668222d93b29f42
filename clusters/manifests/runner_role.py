"""The published ClusterRole slipway-runner: what the portal itself may do in namespaces that it made, by a RoleBinding in each."""

from typing import Any

from clusters.manifests.labels import RUNNER, metadata, rule

APPLY = ["get", "list", "watch", "create", "patch", "delete"]
RULES = [
    rule("serving.kserve.io", ["inferenceservices"], APPLY),
    rule("monitoring.coreos.com", ["servicemonitors"], APPLY),
    rule("policy", ["poddisruptionbudgets"], APPLY),
    rule("autoscaling", ["horizontalpodautoscalers"], APPLY),
    rule("gateway.networking.k8s.io", ["httproutes"], APPLY),
    rule("networking.k8s.io", ["ingresses"], APPLY),
    # With dryRun=All alone (kube/pod_trial.py): whether the cluster would take the pods of a deployment.
    rule("", ["pods"], ["create"]),
    # Whether a claim that a model is served from can be mounted.
    rule("", ["persistentvolumeclaims"], ["get"]),
    # Predictions and metrics.
    rule("", ["services/proxy", "pods/proxy"], ["get", "create"]),
    rule("", ["pods/log"], ["get"]),
]


def render(owner: str) -> dict[str, Any]:
    """The ClusterRole."""
    return {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": metadata(RUNNER, owner), "rules": RULES}
