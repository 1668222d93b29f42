"""What stands in every cluster from the first start: system namespaces and the default roles."""

import uuid
from typing import Any

from sandbox.api.cluster import timestamp
from sandbox.background.roles import BINDINGS, ROLES
from sandbox.kinds.namespace import NAME_LABEL
from sandbox.kinds.table import Kind, kind_named
from sandbox.storage.store import Store

NAMESPACES = ("default", "kube-system", "kube-public", "kube-node-lease")
GROUP = "rbac.authorization.k8s.io"
LABELS = {"kubernetes.io/bootstrapping": "rbac-defaults"}


def bootstrap(store: Store) -> None:
    """Create what is missing."""
    for name in NAMESPACES:
        spec, status = {"finalizers": ["kubernetes"]}, {"phase": "Active"}
        _ensure(store, kind_named("Namespace"), name, {"spec": spec, "status": status}, {NAME_LABEL: name})
    for name, rules in ROLES.items():
        _ensure(store, kind_named("ClusterRole"), name, {"rules": rules}, LABELS)
    for name, (role, groups) in BINDINGS.items():
        reference = {"apiGroup": GROUP, "kind": "ClusterRole", "name": role}
        subjects = [{"apiGroup": GROUP, "kind": "Group", "name": group} for group in groups]
        _ensure(store, kind_named("ClusterRoleBinding"), name, {"roleRef": reference, "subjects": subjects}, LABELS)


def _ensure(store: Store, kind: Kind, name: str, content: dict[str, Any], labels: dict[str, str]) -> None:
    if store.get(kind, "", name) is None:
        metadata = {"name": name, "uid": str(uuid.uuid4()), "creationTimestamp": timestamp(), "labels": dict(labels)}
        store.put(kind, {"metadata": metadata, **content})
