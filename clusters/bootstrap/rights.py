"""Waits until the cluster's authorizer has taken in the roles that were just installed: it reads them with a delay."""

import time
from typing import Any

from clusters.manifests.labels import PLAN, PUBLISHED_ROLES
from kube.connect import Api, connect
from kube.errors import ApiError, KubeError

PATIENCE_SECONDS = 20.0
RBAC = "rbac.authorization.k8s.io"


class NotAllowed(KubeError):
    """The portal's ServiceAccount may not do what the bootstrap has just allowed it."""


def wait_until_allowed(kubeconfig: dict[str, Any]) -> None:
    """Returns when a dry run binds every published role with the portal's own token; NotAllowed with the server's words after 20 s.

    Without it the first plan of a new cluster would say that the cluster refuses what it allows a second later.
    """
    api, end = connect(kubeconfig, timeout=5.0), time.monotonic() + PATIENCE_SECONDS
    while refusal := next(filter(None, (_refusal(api, role) for role in PUBLISHED_ROLES)), ""):
        if time.monotonic() > end:
            raise NotAllowed(f"the portal's ServiceAccount has not got its rights: {refusal}")
        time.sleep(0.2)


def _refusal(api: Api, role: str) -> str:
    """Why the role cannot be bound; empty when it can."""
    body = {
        "apiVersion": f"{RBAC}/v1",
        "kind": "RoleBinding",
        "metadata": {"name": f"{role}-allowed", "namespace": PLAN},
        "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": role},
    }
    try:
        api.request("POST", f"/apis/{RBAC}/v1/namespaces/{PLAN}/rolebindings", query={"dryRun": "All"}, body=body)
    except ApiError as error:
        if error.status in (401, 403):
            return error.message
        raise
    return ""
