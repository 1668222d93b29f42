"""The published ClusterRole slipway-member: run things in one's namespaces; never quota, RBAC, network policies or Secrets."""

from typing import Any

from clusters.manifests import viewer_role
from clusters.manifests.labels import MEMBER, metadata, rule

WRITE = ["create", "update", "patch", "delete"]
RULES = [
    *viewer_role.RULES,
    rule("", ["pods", "services", "configmaps", "persistentvolumeclaims"], WRITE),
    rule("apps", ["deployments", "statefulsets"], WRITE),
    rule("batch", ["jobs", "cronjobs"], WRITE),
    rule("serving.kserve.io", ["inferenceservices"], WRITE),
    rule("kubeflow.org", ["pytorchjobs", "mpijobs", "tfjobs"], WRITE),
    rule("trainer.kubeflow.org", ["trainjobs"], WRITE),
]


def render(owner: str) -> dict[str, Any]:
    """The ClusterRole."""
    return {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": metadata(MEMBER, owner), "rules": RULES}
