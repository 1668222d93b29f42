"""The defaults that an API server is documented to fill in, so that they are not taken for a hand's work."""

from collections.abc import Callable
from typing import Any

RBAC_GROUP = "rbac.authorization.k8s.io"
Manifest = dict[str, Any]


def filled(manifest: Manifest) -> Manifest:
    """A manifest with the server's defaults in it; it shares every part that has none with the one given, so neither may be changed."""
    fill = _FILLERS.get(manifest["kind"])
    return fill(manifest) if fill else manifest


def _limit_range(manifest: Manifest) -> Manifest:
    spec = manifest.get("spec") or {}
    items = [_limit(item) if item.get("type") == "Container" else item for item in spec.get("limits") or []]
    return {**manifest, "spec": {**spec, "limits": items}} if items else manifest


def _limit(item: dict[str, Any]) -> dict[str, Any]:
    limits = {**(item.get("max") or {}), **(item.get("default") or {})}
    requests = {**(item.get("min") or {}), **limits, **(item.get("defaultRequest") or {})}
    return {**item, **{name: value for name, value in (("default", limits), ("defaultRequest", requests)) if value}}


def _network_policy(manifest: Manifest) -> Manifest:
    spec = manifest.get("spec") or {}
    types = ["Ingress", "Egress"] if spec.get("egress") else ["Ingress"]
    rules = {way: [_rule(rule) for rule in spec[way]] for way in ("ingress", "egress") if spec.get(way)}
    return {**manifest, "spec": {"podSelector": {}, "policyTypes": types, **spec, **rules}}


def _rule(rule: dict[str, Any]) -> dict[str, Any]:
    ports = rule.get("ports")
    return {**rule, "ports": [{"protocol": "TCP", **port} for port in ports]} if ports else rule


def _binding(manifest: Manifest) -> Manifest:
    group = {"apiGroup": RBAC_GROUP}
    made = {**manifest, "roleRef": {**group, **(manifest.get("roleRef") or {})}}
    if subjects := manifest.get("subjects"):
        made["subjects"] = [{**group, **subject} if subject.get("kind") in ("User", "Group") else subject for subject in subjects]
    return made


_FILLERS: dict[str, Callable[[Manifest], Manifest]] = {
    "LimitRange": _limit_range,
    "NetworkPolicy": _network_policy,
    "RoleBinding": _binding,
    "ClusterRoleBinding": _binding,
}
