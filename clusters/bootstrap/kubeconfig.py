"""The portal's own kubeconfig: the cluster of the admin's, one token, no files beside it."""

from typing import Any

from kube.kubeconfig import current


def with_token(config: dict[str, Any], token: str) -> dict[str, Any]:
    """The same cluster reached by a bearer token; nothing of the admin's user remains."""
    cluster, _user = current(config)
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "cluster", "cluster": cluster}],
        "users": [{"name": "portal", "user": {"token": token}}],
        "contexts": [{"name": "portal", "context": {"cluster": "cluster", "user": "portal"}}],
        "current-context": "portal",
    }
