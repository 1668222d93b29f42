"""The default ClusterRoles and their bindings."""

from typing import Any

READ, CHANGE = ["get", "list", "watch"], ["create", "delete", "deletecollection", "patch", "update"]
# Of a group: what an editor may change, and what a viewer sees besides.
OWNED = {
    "": ["configmaps", "persistentvolumeclaims", "serviceaccounts", "services"],
    "apps": ["daemonsets", "deployments", "deployments/scale", "replicasets", "replicasets/scale", "statefulsets", "statefulsets/scale"],
    "autoscaling": ["horizontalpodautoscalers"],
    "batch": ["cronjobs", "jobs"],
    "networking.k8s.io": ["ingresses", "networkpolicies"],
    "policy": ["poddisruptionbudgets"],
}
SEEN = {
    "": [
        *("bindings", "endpoints", "events", "limitranges", "namespaces", "namespaces/status", "persistentvolumeclaims/status", "pods"),
        *("pods/log", "pods/status", "resourcequotas", "resourcequotas/status", "services/status"),
    ],
    "apps": ["controllerrevisions", "daemonsets/status", "deployments/status", "replicasets/status", "statefulsets/status"],
    "autoscaling": ["horizontalpodautoscalers/status"],
    "batch": ["cronjobs/status", "jobs/status"],
    "discovery.k8s.io": ["endpointslices"],
    "networking.k8s.io": ["ingresses/status"],
    "policy": ["poddisruptionbudgets/status"],
}
# What opens a way into a pod.
ENTERED = ["pods/attach", "pods/exec", "pods/portforward", "pods/proxy", "services/proxy"]


def _rule(group: str, resources: list[str], verbs: list[str]) -> dict[str, Any]:
    return {"apiGroups": [group], "resources": resources, "verbs": verbs}


VIEW = [_rule(group, [*OWNED.get(group, []), *seen], READ) for group, seen in SEEN.items()]
EDIT = [
    _rule("", [*ENTERED, "secrets"], READ),
    _rule("", ["serviceaccounts"], ["impersonate"]),
    _rule("", [*ENTERED, "events", "pods", "secrets"], CHANGE),
    _rule("", ["pods/eviction", "serviceaccounts/token"], ["create"]),
    *[_rule(group, owned, CHANGE) for group, owned in OWNED.items()],
    _rule("coordination.k8s.io", ["leases"], [*READ, *CHANGE]),
]
RBAC = _rule("rbac.authorization.k8s.io", ["roles", "rolebindings"], [*READ, *CHANGE])
REVIEWS = [
    _rule("authorization.k8s.io", ["selfsubjectaccessreviews", "selfsubjectrulesreviews"], ["create"]),
    _rule("authentication.k8s.io", ["selfsubjectreviews"], ["create"]),
]
DELEGATED = [
    _rule("authentication.k8s.io", ["tokenreviews"], ["create"]),
    _rule("authorization.k8s.io", ["subjectaccessreviews"], ["create"]),
]
DISCOVERY = ["/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/openapi", "/openapi/*", "/readyz", "/version", "/version/"]
ROLES: dict[str, list[dict[str, Any]]] = {
    "cluster-admin": [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}, {"nonResourceURLs": ["*"], "verbs": ["*"]}],
    "system:aggregate-to-admin": [RBAC, _rule("authorization.k8s.io", ["localsubjectaccessreviews"], ["create"])],
    "system:aggregate-to-edit": EDIT,
    "system:aggregate-to-view": VIEW,
    "system:auth-delegator": DELEGATED,
    "system:basic-user": REVIEWS,
    "system:discovery": [{"nonResourceURLs": DISCOVERY, "verbs": ["get"]}],
    "system:public-info-viewer": [{"nonResourceURLs": ["/healthz", "/livez", "/readyz", "/version", "/version/"], "verbs": ["get"]}],
}
# Which roles gather those of a label, and which of the labels they carry themselves: view is part of edit, edit of admin.
AGGREGATED: dict[str, list[str]] = {"admin": [], "edit": ["admin"], "view": ["edit"]}
BINDINGS = {
    "cluster-admin": ("cluster-admin", ["system:masters"]),
    "system:basic-user": ("system:basic-user", ["system:authenticated"]),
    "system:discovery": ("system:discovery", ["system:authenticated"]),
    "system:public-info-viewer": ("system:public-info-viewer", ["system:authenticated", "system:unauthenticated"]),
}
