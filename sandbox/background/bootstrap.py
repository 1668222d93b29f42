"""What stands in every cluster from the first start: system namespaces and the default roles."""

import uuid
from collections.abc import Iterable
from typing import Any

from sandbox.api.cluster import timestamp
from sandbox.background.roles import AGGREGATED, BINDINGS, ROLES
from sandbox.kinds.namespace import NAME_LABEL
from sandbox.kinds.priority import SYSTEM
from sandbox.kinds.table import Kind, kind_named
from sandbox.schema.decode import clone
from sandbox.storage.store import Store

NAMESPACES = ("default", "kube-system", "kube-public", "kube-node-lease")
GROUP = "rbac.authorization.k8s.io"
LABELS = {"kubernetes.io/bootstrapping": "rbac-defaults"}
AUTOUPDATE = "rbac.authorization.kubernetes.io/autoupdate"
# The first of the range from which Services get theirs.
OWN_ADDRESS = "10.96.0.1"
PART = "system:aggregate-to-"


def bootstrap(store: Store, port: int) -> None:
    """Create what is missing; `port` is where this server listens."""
    for name in NAMESPACES:
        spec, status = {"finalizers": ["kubernetes"]}, {"phase": "Active"}
        _ensure(store, kind_named("Namespace"), name, {"spec": spec, "status": status}, {NAME_LABEL: name})
    _ensure(store, kind_named("Service"), "kubernetes", _own_service(port), {"component": "apiserver", "provider": "kubernetes"}, "default")
    for name, value in SYSTEM.items():
        _ensure(store, kind_named("PriorityClass"), name, {"value": value, "preemptionPolicy": "PreemptLowerPriority"}, {})
    for name, rules in ROLES.items():
        targets = [name.removeprefix(PART)] if name.startswith(PART) else []
        _ensure(store, kind_named("ClusterRole"), name, {"rules": rules}, LABELS | _aggregate_to(targets))
        _restore_rules(store, name, rules)
    for name, labels in AGGREGATED.items():
        rule = {"clusterRoleSelectors": [{"matchLabels": _aggregate_to([name])}]}
        _ensure(store, kind_named("ClusterRole"), name, {"aggregationRule": rule, "rules": []}, LABELS | _aggregate_to(labels))
    for name, (role, groups) in BINDINGS.items():
        reference = {"apiGroup": GROUP, "kind": "ClusterRole", "name": role}
        subjects = [{"apiGroup": GROUP, "kind": "Group", "name": group} for group in groups]
        _ensure(store, kind_named("ClusterRoleBinding"), name, {"roleRef": reference, "subjects": subjects}, LABELS)


def _own_service(port: int) -> dict[str, Any]:
    ports = [{"name": "https", "port": 443, "protocol": "TCP", "targetPort": port}]
    families = {"ipFamilies": ["IPv4"], "ipFamilyPolicy": "SingleStack", "internalTrafficPolicy": "Cluster"}
    spec = {"clusterIP": OWN_ADDRESS, "clusterIPs": [OWN_ADDRESS], "ports": ports, "sessionAffinity": "None", "type": "ClusterIP"}
    return {"spec": {**families, **spec}, "status": {"loadBalancer": {}}}


def _restore_rules(store: Store, name: str, rules: list[dict[str, Any]]) -> None:
    """Give a default role back what an older server did not have or somebody took, unless its annotation says to leave it alone."""
    stored = store.get(kind_named("ClusterRole"), "", name)
    if stored is None or (stored.value["metadata"].get("annotations") or {}).get(AUTOUPDATE) == "false":
        return
    present = stored.value.get("rules") or []
    if missing := [rule for rule in rules if rule not in present]:
        store.put(stored.kind, {**clone(stored.value), "rules": [*clone(present), *missing]})


def _ensure(store: Store, kind: Kind, name: str, content: dict[str, Any], labels: dict[str, str], namespace: str = "") -> None:
    if store.get(kind, namespace, name) is None:
        metadata = {"name": name, "uid": str(uuid.uuid4()), "creationTimestamp": timestamp(), "labels": dict(labels)}
        if namespace:
            metadata["namespace"] = namespace
        if kind.built_in == "ClusterRole":
            metadata["annotations"] = {AUTOUPDATE: "true"}
        store.put(kind, {"metadata": metadata, **content})


def _aggregate_to(names: Iterable[str]) -> dict[str, str]:
    return {f"{GROUP}/aggregate-to-{name}": "true" for name in names}
