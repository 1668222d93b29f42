"""Who wrote what, read from managedFields."""

from typing import Any

from kube.kinds import MANAGER

CONTROLLERS = frozenset(
    {
        "kube-controller-manager",
        "kube-apiserver",
        "kube-scheduler",
        "kubelet",
        "cloud-controller-manager",
        "k3s",
        "GoogleContainerEngine",
    }
)


def foreign(live: dict[str, Any]) -> list[dict[str, Any]]:
    """The entries of managedFields that are neither ours, nor a status, nor the control plane's; oldest first."""
    entries = (live.get("metadata") or {}).get("managedFields") or []
    return sorted((entry for entry in entries if _is_foreign(entry)), key=lambda entry: entry.get("time") or "")


def _is_foreign(entry: dict[str, Any]) -> bool:
    if entry.get("manager") == MANAGER or entry.get("manager") in CONTROLLERS or entry.get("subresource"):
        return False
    return bool(set(entry.get("fieldsV1") or {}) - {"f:status"})


def last_foreign(live: dict[str, Any]) -> dict[str, Any] | None:
    """The newest foreign writer as {manager, operation, at, fields}: `at` as the server wrote it, `fields` dotted paths; or None."""
    entries = foreign(live)
    if not entries:
        return None
    entry = entries[-1]
    return {
        "manager": entry.get("manager") or "unknown",
        "operation": entry.get("operation", ""),
        "at": entry.get("time"),
        "fields": leaves(entry.get("fieldsV1") or {}),
    }


def leaves(fields: dict[str, Any], prefix: str = "") -> list[str]:
    """The dotted paths of a fieldsV1 tree without the status: "spec.hard.cpu"."""
    found: list[str] = []
    for key, inner in fields.items():
        if key == "." or (not prefix and key == "f:status"):
            continue
        name = f"{prefix}.{key[2:]}" if prefix and key.startswith("f:") else key[2:] if key.startswith("f:") else f"{prefix}[{key[2:]}]"
        found.extend(leaves(inner, name) if inner else [name])
    return found or ([prefix] if prefix else [])


def applied_at(live: dict[str, Any]) -> str | None:
    """When our own apply last changed something, as the server wrote it (RFC 3339), or None."""
    time = _own(live).get("time")
    return str(time) if time else None


def applied_fields(live: dict[str, Any]) -> dict[str, Any]:
    """The fieldsV1 tree of what our own apply owns; empty when there is none."""
    return _own(live).get("fieldsV1") or {}


def _own(live: dict[str, Any]) -> dict[str, Any]:
    entries = (live.get("metadata") or {}).get("managedFields") or []
    own = (entry for entry in entries if entry.get("manager") == MANAGER and entry.get("operation") == "Apply")
    return next((entry for entry in own if not entry.get("subresource")), {})
