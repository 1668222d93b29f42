"""Which nodes a pod fits on, and in the scheduler's words why it fits on no other."""

from collections import Counter
from decimal import Decimal
from typing import Any

from sandbox.admission.usage import Usage, effective
from sandbox.schema.quantities import parse

Object = dict[str, Any]
NO_MATCH = "node(s) didn't match Pod's node affinity/selector"
UNSCHEDULABLE = "node(s) were unschedulable"


def choose(pod: Object, nodes: list[Object], taken: dict[str, Usage]) -> tuple[str | None, str]:
    """The node with most room, or None and the message of the FailedScheduling event."""
    if not nodes:
        return None, "no nodes available to schedule pods"
    wanted = demand(pod)
    reasons: Counter[str] = Counter()
    fitting: list[tuple[bool, Decimal, str]] = []
    for node in nodes:
        problems = _problems(pod, node, wanted, taken.get(node["metadata"]["name"], {}))
        reasons.update(problems)
        if not problems:
            fitting.append(_rank(node, wanted, taken.get(node["metadata"]["name"], {})))
    if fitting:
        return min(fitting)[2], ""
    listed = ", ".join(sorted(f"{count} {reason}" for reason, count in reasons.items()))
    return None, f"0/{len(nodes)} nodes are available: {listed}. {_preemption(reasons, len(nodes))}"


def demand(pod: Object) -> Usage:
    """What a pod takes of a node: its requests, and one of the places for pods."""
    return {**effective(pod["spec"], "requests"), "pods": Decimal(1)}


def _problems(pod: Object, node: Object, wanted: Usage, taken: Usage) -> list[str]:
    if node["spec"].get("unschedulable"):
        return [UNSCHEDULABLE]
    for taint in node["spec"].get("taints") or []:
        if taint["effect"] != "PreferNoSchedule" and not any(_tolerates(each, taint) for each in pod["spec"].get("tolerations") or []):
            return [f"node(s) had untolerated taint {{{taint['key']}: {taint.get('value', '')}}}"]
    labels = node["metadata"].get("labels") or {}
    if not _selected(pod, labels):
        return [NO_MATCH]
    room = (node.get("status") or {}).get("allocatable") or {}
    short = [name for name, amount in wanted.items() if amount and taken.get(name, Decimal(0)) + amount > parse(room.get(name, "0"))]
    return ["Too many pods" if name == "pods" else f"Insufficient {name}" for name in sorted(short)]


def _selected(pod: Object, labels: dict[str, str]) -> bool:
    if any(labels.get(key) != value for key, value in (pod["spec"].get("nodeSelector") or {}).items()):
        return False
    affinity = (pod["spec"].get("affinity") or {}).get("nodeAffinity") or {}
    terms = (affinity.get("requiredDuringSchedulingIgnoredDuringExecution") or {}).get("nodeSelectorTerms")
    return terms is None or any(all(_expression(each, labels) for each in term.get("matchExpressions") or []) for term in terms)


def _expression(expression: Object, labels: dict[str, str]) -> bool:
    value, values = labels.get(expression["key"]), expression.get("values") or []
    operator = expression["operator"]
    if operator in ("Gt", "Lt"):
        return value is not None and (int(value) > int(values[0]) if operator == "Gt" else int(value) < int(values[0]))
    return {"In": value in values, "NotIn": value not in values, "Exists": value is not None, "DoesNotExist": value is None}[operator]


def _tolerates(toleration: Object, taint: Object) -> bool:
    if toleration.get("effect") not in (None, "", taint["effect"]):
        return False
    if toleration.get("operator") == "Exists":
        return toleration.get("key") in (None, "", taint["key"])
    return bool(toleration.get("key") == taint["key"] and toleration.get("value", "") == taint.get("value", ""))


def _rank(node: Object, wanted: Usage, taken: Usage) -> tuple[bool, Decimal, str]:
    """Smaller is better: no node with devices that the pod does not want, then the emptiest one."""
    room = node["status"]["allocatable"]
    idle_devices = any("/" in name and name not in wanted for name in room)
    names = [name for name in ("cpu", "memory") if parse(room.get(name, "0"))]
    filled = sum((taken.get(name, Decimal(0)) / parse(room[name]) for name in names), Decimal(0))
    return idle_devices, filled, node["metadata"]["name"]


def _preemption(reasons: Counter[str], count: int) -> str:
    helps_not = sum(number for reason, number in reasons.items() if not reason.startswith(("Insufficient", "Too many")))
    parts = []
    if count - helps_not > 0:
        parts.append(f"{count - helps_not} No preemption victims found for incoming pod")
    if helps_not:
        parts.append(f"{helps_not} Preemption is not helpful for scheduling")
    return f"preemption: 0/{count} nodes are available: {', '.join(parts)}."
