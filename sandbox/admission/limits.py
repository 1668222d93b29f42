"""LimitRange: fills in a container's requests and limits, refuses what is outside the bounds."""

from decimal import Decimal
from typing import Any

from sandbox.kinds.errors import forbidden
from sandbox.kinds.rules import Object
from sandbox.kinds.table import Kind, kind_named
from sandbox.schema.quantities import parse, render
from sandbox.storage.store import Store

NOTE = "kubernetes.io/limit-ranger"


def default_by_limits(store: Store, pod: Object) -> None:
    """Set what a pod's containers left open."""
    notes: list[str] = []
    for item in _items(store, pod["metadata"]["namespace"], "Container"):
        for part, word in (("containers", "container"), ("initContainers", "init container")):
            for container in pod["spec"].get(part) or []:
                notes += _default_container(container, item, word)
    if notes:
        pod["metadata"].setdefault("annotations", {})[NOTE] = "LimitRanger plugin set: " + "; ".join(notes)


def check_limits(store: Store, kind: Kind, value: Object) -> None:
    """Raise 403 naming every bound that a pod or a claim breaks."""
    problems: list[str] = []
    if kind.built_in == "Pod":
        problems = _pod_problems(store, value)
    elif kind.built_in == "PersistentVolumeClaim":
        requests = (value["spec"].get("resources") or {}).get("requests") or {}
        for item in _items(store, value["metadata"]["namespace"], kind.name):
            problems += _bound_problems(item, requests, {}, kind.name)
    if problems:
        text = problems[0] if len(problems) == 1 else f"[{', '.join(problems)}]"
        raise forbidden(kind, value["metadata"].get("name", ""), text)


def _items(store: Store, namespace: str, kind: str) -> list[dict[str, Any]]:
    ranges = store.items(kind_named("LimitRange"), namespace)
    return [item for each in ranges for item in (each.value.get("spec") or {}).get("limits") or [] if item["type"] == kind]


def _default_container(container: dict[str, Any], item: dict[str, Any], word: str) -> list[str]:
    resources = container.setdefault("resources", {})
    notes = []
    for part, source, label in (("requests", "defaultRequest", "request"), ("limits", "default", "limit")):
        missing = {name: amount for name, amount in (item.get(source) or {}).items() if name not in (resources.get(part) or {})}
        if missing:
            resources[part] = {**(resources.get(part) or {}), **missing}
            notes.append(f"{', '.join(sorted(missing))} {label} for {word} {container.get('name', '')}")
    return notes


def _pod_problems(store: Store, pod: Object) -> list[str]:
    namespace, containers = pod["metadata"]["namespace"], pod["spec"].get("containers") or []
    problems: list[str] = []
    for item in _items(store, namespace, "Container"):
        for container in containers:
            resources = container.get("resources") or {}
            problems += _bound_problems(item, resources.get("requests") or {}, resources.get("limits") or {}, "Container")
    for item in _items(store, namespace, "Pod"):
        problems += _bound_problems(item, _total(containers, "requests"), _total(containers, "limits"), "Pod")
    return problems


def _total(containers: list[dict[str, Any]], part: str) -> dict[str, str]:
    total: dict[str, Decimal] = {}
    for container in containers:
        for name, amount in ((container.get("resources") or {}).get(part) or {}).items():
            total[name] = total.get(name, Decimal(0)) + parse(amount)
    return {name: render(amount, binary="memory" in name or "storage" in name) for name, amount in total.items()}


def _bound_problems(item: dict[str, Any], requests: dict[str, str], limits: dict[str, str], kind: str) -> list[str]:
    problems = []
    for name, bound in (item.get("min") or {}).items():
        if name not in requests:
            problems.append(f"minimum {name} usage per {kind} is {bound}.  No request is specified")
        elif parse(requests[name]) < parse(bound):
            problems.append(f"minimum {name} usage per {kind} is {bound}, but request is {requests[name]}")
    for name, bound in (item.get("max") or {}).items():
        what, amounts = ("request", requests) if kind == "PersistentVolumeClaim" else ("limit", limits)
        if name not in amounts:
            problems.append(f"maximum {name} usage per {kind} is {bound}.  No {what} is specified")
        elif parse(amounts[name]) > parse(bound):
            problems.append(f"maximum {name} usage per {kind} is {bound}, but {what} is {amounts[name]}")
    return problems + _ratio_problems(item, requests, limits, kind)


def _ratio_problems(item: dict[str, Any], requests: dict[str, str], limits: dict[str, str], kind: str) -> list[str]:
    problems = []
    for name, bound in (item.get("maxLimitRequestRatio") or {}).items():
        start = f"{name} max limit to request ratio per {kind} is {bound}, but"
        request, limit = parse(requests.get(name, "0")), parse(limits.get(name, "0"))
        if not request:
            problems.append(f"{start} no request is specified or request is 0")
        elif not limit:
            problems.append(f"{start} no limit is specified or limit is 0")
        elif limit / request > parse(bound):
            problems.append(f"{start} provided ratio is {limit / request:.6f}")
    return problems
