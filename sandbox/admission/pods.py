"""What admission adds to a new pod: its ServiceAccount and token, its priority, the tolerations of a node's short absence."""

import secrets
from typing import Any

from sandbox.kinds.errors import forbidden
from sandbox.kinds.priority import SYSTEM
from sandbox.kinds.rules import Object
from sandbox.kinds.table import Kind, kind_named
from sandbox.storage.store import Store

ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
MOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"
ABSENCE_SECONDS = 300
TOKEN_SECONDS = 3607


def random_suffix(length: int = 5) -> str:
    """Letters as generateName appends them."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def admit_pod(store: Store, kind: Kind, pod: Object) -> None:
    """Complete a pod in place; raises 403 for a missing ServiceAccount or PriorityClass."""
    # It gets its random name later.
    spec, name = pod["spec"], pod["metadata"].get("name") or pod["metadata"].get("generateName", "")
    _set_service_account(store, kind, pod, name)
    _set_priority(store, kind, spec, name)
    _set_tolerations(spec)


def admit_pod_update(pod: Object, before: Object) -> None:
    """Put back in place what admission added to the pod and an update left out."""
    for key in ("priority", "preemptionPolicy"):
        if key in before["spec"]:
            pod["spec"].setdefault(key, before["spec"][key])
    _set_tolerations(pod["spec"])


def _set_service_account(store: Store, kind: Kind, pod: Object, name: str) -> None:
    spec, namespace = pod["spec"], pod["metadata"]["namespace"]
    account = spec.setdefault("serviceAccountName", "default")
    spec["serviceAccount"] = account
    stored = store.get(kind_named("ServiceAccount"), namespace, account)
    if stored is None:
        raise forbidden(kind, name, f'error looking up service account {namespace}/{account}: serviceaccount "{account}" not found')
    mounts = spec.get("automountServiceAccountToken", stored.value.get("automountServiceAccountToken", True))
    if mounts:
        _mount_token(spec)


def _mount_token(spec: dict[str, Any]) -> None:
    volume = f"kube-api-access-{random_suffix()}"
    mounted = False
    for container in [*(spec["containers"] or []), *(spec.get("initContainers") or [])]:
        mounts = container.setdefault("volumeMounts", [])
        if all(each.get("mountPath") != MOUNT for each in mounts):
            mounts.append({"name": volume, "readOnly": True, "mountPath": MOUNT})
            mounted = True
    if mounted:
        spec.setdefault("volumes", []).append({"name": volume, "projected": _token_sources()})


def _token_sources() -> dict[str, Any]:
    field = {"apiVersion": "v1", "fieldPath": "metadata.namespace"}
    sources = [
        {"serviceAccountToken": {"expirationSeconds": TOKEN_SECONDS, "path": "token"}},
        {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
        {"downwardAPI": {"items": [{"path": "namespace", "fieldRef": field}]}},
    ]
    return {"sources": sources, "defaultMode": 420}


def _set_priority(store: Store, kind: Kind, spec: dict[str, Any], name: str) -> None:
    wanted = spec.get("priorityClassName")
    priority, policy = SYSTEM.get(wanted or "", 0), "PreemptLowerPriority"
    if wanted and wanted not in SYSTEM:
        stored = store.get(kind_named("PriorityClass"), "", wanted)
        if stored is None:
            raise forbidden(kind, name, f"no PriorityClass with name {wanted} was found")
        priority, policy = stored.value["value"], stored.value.get("preemptionPolicy", policy)
    spec["priority"] = priority
    spec.setdefault("preemptionPolicy", policy)


def _set_tolerations(spec: dict[str, Any]) -> None:
    tolerations = spec.setdefault("tolerations", [])
    for key in ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"):
        if all(each.get("key") not in (key, None) for each in tolerations):
            tolerations.append({"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": ABSENCE_SECONDS})
