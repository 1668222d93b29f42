"""How much of each quota resource one object uses."""

from decimal import Decimal
from typing import Any

from sandbox.kinds.resources import is_extended
from sandbox.kinds.table import Kind
from sandbox.schema.quantities import parse, render

Usage = dict[str, Decimal]
LEGACY = frozenset({"services", "secrets", "configmaps", "resourcequotas", "persistentvolumeclaims"})
CLASS_SUFFIX = ".storageclass.storage.k8s.io/"


def usage_of(kind: Kind, value: dict[str, Any]) -> Usage:
    """Amounts by quota name."""
    usage: Usage = {f"count/{kind.resource}": Decimal(1)}
    if kind.plural in LEGACY and not kind.group:
        usage[kind.plural] = Decimal(1)
    if kind.built_in == "Pod":
        usage |= _pod(value)
    elif kind.built_in == "Service":
        usage |= _service(value["spec"])
    elif kind.built_in == "PersistentVolumeClaim":
        usage |= _claim(value["spec"])
    return usage


def shown(hard: dict[str, str], total: Usage) -> dict[str, str]:
    """The part of `total` that a quota limits, as `status.used` shows it."""
    return {name: render(total.get(name, Decimal(0)), binary="memory" in name or "storage" in name) for name in hard}


def missing_amounts(value: dict[str, Any], names: set[str]) -> dict[str, list[str]]:
    """Which containers of a pod lack an amount that a quota wants specified: {quota name: [container]}."""
    missing: dict[str, list[str]] = {}
    for container in value["spec"].get("containers") or []:
        resources = container.get("resources") or {}
        for name in names & {"cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory"}:
            part, resource = ("limits", name[7:]) if name.startswith("limits.") else ("requests", name.removeprefix("requests."))
            if resource not in (resources.get(part) or {}):
                missing.setdefault(name, []).append(container["name"])
    return missing


def effective(spec: dict[str, Any], part: str) -> Usage:
    """A pod's total of `requests` or `limits`: its containers together, or its largest init container."""
    total: Usage = {}
    for container in spec.get("containers") or []:
        for name, amount in ((container.get("resources") or {}).get(part) or {}).items():
            total[name] = total.get(name, Decimal(0)) + parse(amount)
    for container in spec.get("initContainers") or []:
        for name, amount in ((container.get("resources") or {}).get(part) or {}).items():
            total[name] = max(total.get(name, Decimal(0)), parse(amount))
    return total


def _pod(pod: dict[str, Any]) -> Usage:
    if (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed"):
        return {}
    usage: Usage = {"pods": Decimal(1)}
    for name, amount in effective(pod["spec"], "requests").items():
        usage[f"requests.{name}"] = amount
        if not is_extended(name):
            usage[name] = amount
    for name, amount in effective(pod["spec"], "limits").items():
        if not is_extended(name):
            usage[f"limits.{name}"] = amount
    return usage


def _service(spec: dict[str, Any]) -> Usage:
    ports = len(spec.get("ports") or [])
    balanced = spec.get("type") == "LoadBalancer"
    has_ports = spec.get("type") == "NodePort" or (balanced and spec.get("allocateLoadBalancerNodePorts", True))
    return {"services.nodeports": Decimal(ports if has_ports else 0), "services.loadbalancers": Decimal(1 if balanced else 0)}


def _claim(spec: dict[str, Any]) -> Usage:
    storage = parse(((spec.get("resources") or {}).get("requests") or {}).get("storage", "0"))
    usage: Usage = {"requests.storage": storage}
    if spec.get("storageClassName"):
        prefix = spec["storageClassName"] + CLASS_SUFFIX
        usage |= {f"{prefix}requests.storage": storage, f"{prefix}persistentvolumeclaims": Decimal(1)}
    return usage
