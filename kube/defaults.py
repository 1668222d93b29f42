"""The defaults that an API server is documented to fill in, so that they are not taken for a hand's work."""

import copy
from collections.abc import Callable
from typing import Any

RBAC_GROUP = "rbac.authorization.k8s.io"


def filled(manifest: dict[str, Any]) -> dict[str, Any]:
    """A copy of a manifest with the server's defaults in it; the manifest itself for kinds that have none."""
    fill = _FILLERS.get(manifest["kind"])
    if fill is None:
        return manifest
    made = copy.deepcopy(manifest)
    fill(made)
    return made


def _limit_range(made: dict[str, Any]) -> None:
    for item in (made.get("spec") or {}).get("limits") or []:
        if item.get("type") != "Container":
            continue
        limits = {**(item.get("max") or {}), **(item.get("default") or {})}
        requests = {**(item.get("min") or {}), **limits, **(item.get("defaultRequest") or {})}
        item.update({name: value for name, value in (("default", limits), ("defaultRequest", requests)) if value})


def _network_policy(made: dict[str, Any]) -> None:
    spec = made.setdefault("spec", {})
    spec.setdefault("podSelector", {})
    spec.setdefault("policyTypes", ["Ingress", "Egress"] if spec.get("egress") else ["Ingress"])
    for rule in [*(spec.get("ingress") or []), *(spec.get("egress") or [])]:
        for port in rule.get("ports") or []:
            port.setdefault("protocol", "TCP")


def _binding(made: dict[str, Any]) -> None:
    made.setdefault("roleRef", {}).setdefault("apiGroup", RBAC_GROUP)
    for subject in made.get("subjects") or []:
        if subject.get("kind") in ("User", "Group"):
            subject.setdefault("apiGroup", RBAC_GROUP)


_FILLERS: dict[str, Callable[[dict[str, Any]], None]] = {
    "LimitRange": _limit_range,
    "NetworkPolicy": _network_policy,
    "RoleBinding": _binding,
    "ClusterRoleBinding": _binding,
}
