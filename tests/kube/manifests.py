"""One manifest of each kind that a namespace gets, rendered as the portal renders them."""

from typing import Any

RBAC = "rbac.authorization.k8s.io"


def _made(api_version: str, kind: str, namespace: str, name: str, **body: Any) -> dict[str, Any]:
    metadata = {"name": name, "namespace": namespace, "labels": {"slipway.dev/owner": "namespace.1", "slipway.dev/team": "vision"}}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **body}


def quota(namespace: str, **hard: str) -> dict[str, Any]:
    return _made("v1", "ResourceQuota", namespace, "slipway", spec={"hard": hard or {"requests.cpu": "4000m", "requests.memory": "4096Mi"}})


def limit_range(namespace: str) -> dict[str, Any]:
    item = {"type": "Container", "max": {"cpu": "2000m"}, "default": {"memory": "1024Mi"}, "min": {"ephemeral-storage": "1Mi"}}
    return _made("v1", "LimitRange", namespace, "slipway", spec={"limits": [item]})


def role_binding(namespace: str) -> dict[str, Any]:
    subjects = [{"kind": "User", "name": "oidc:alice"}, {"kind": "ServiceAccount", "name": "robot", "namespace": namespace}]
    role = {"apiGroup": RBAC, "kind": "ClusterRole", "name": "view"}
    return _made(f"{RBAC}/v1", "RoleBinding", namespace, "members", roleRef=role, subjects=subjects)


def empty_binding(namespace: str) -> dict[str, Any]:
    role = {"apiGroup": RBAC, "kind": "ClusterRole", "name": "view"}
    return _made(f"{RBAC}/v1", "RoleBinding", namespace, "nobody", roleRef=role, subjects=[])


def default_deny(namespace: str) -> dict[str, Any]:
    spec = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"], "ingress": [], "egress": []}
    return _made("networking.k8s.io/v1", "NetworkPolicy", namespace, "default-deny", spec=spec)


def allow_dns(namespace: str) -> dict[str, Any]:
    peer = {"namespaceSelector": {"matchLabels": {"name": "kube-system"}}, "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}}}
    rule = {"to": [peer], "ports": [{"port": 53}, {"port": 53, "protocol": "UDP"}]}
    spec = {"podSelector": {}, "policyTypes": ["Egress"], "egress": [rule]}
    return _made("networking.k8s.io/v1", "NetworkPolicy", namespace, "allow-dns", spec=spec)


def service_account(namespace: str) -> dict[str, Any]:
    return _made("v1", "ServiceAccount", namespace, "robot", automountServiceAccountToken=False)


def closed_kinds(namespace: str) -> list[dict[str, Any]]:
    return [make(namespace) for make in (quota, limit_range, role_binding, empty_binding, default_deny, allow_dns)]


def every_kind(namespace: str) -> list[dict[str, Any]]:
    return [*closed_kinds(namespace), service_account(namespace)]
