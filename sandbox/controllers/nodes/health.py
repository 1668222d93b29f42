"""What a node's conditions become when it falls silent, which taints they ask for, and who tolerates those; pure functions."""

from typing import Any

Object = dict[str, Any]
PREFIX = "node.kubernetes.io/"
WATCHED = ("Ready", "MemoryPressure", "DiskPressure", "PIDPressure")
# What a condition of this status asks for.
NO_SCHEDULE = {
    ("Ready", "False"): "not-ready",
    ("Ready", "Unknown"): "unreachable",
    ("MemoryPressure", "True"): "memory-pressure",
    ("DiskPressure", "True"): "disk-pressure",
    ("PIDPressure", "True"): "pid-pressure",
    ("NetworkUnavailable", "True"): "network-unavailable",
}
NO_EXECUTE = {"False": "not-ready", "Unknown": "unreachable"}
OWN = frozenset([*NO_SCHEDULE.values(), "unschedulable"])
NEVER, STOPPED = "Kubelet never posted node status.", "Kubelet stopped posting node status."


def condition(item: Object, name: str) -> Object:
    """A condition of a node or a pod, empty if it has none of this type."""
    return next((each for each in (item.get("status") or {}).get("conditions") or [] if each["type"] == name), {})


def silenced(node: Object, at: str) -> list[Object]:
    """The conditions that must change because nobody has heard of the node since long before `at`."""
    changed = []
    for name in WATCHED:
        present = condition(node, name)
        if not present:
            told = {"reason": "NodeStatusNeverUpdated", "message": NEVER, "lastHeartbeatTime": node["metadata"]["creationTimestamp"]}
            changed.append({"type": name, "status": "Unknown", **told, "lastTransitionTime": at})
        elif present["status"] != "Unknown":
            told = {"status": "Unknown", "reason": "NodeStatusUnknown", "message": STOPPED, "lastTransitionTime": at}
            changed.append({**present, **told})
    return changed


def taints(node: Object, at: str) -> list[Object]:
    """The taints that the node should have: those of others as they are, those of its conditions with the time that they have or `at`."""
    present = node["spec"].get("taints") or []
    wanted = _wanted(node)
    kept = [each for each in present if not _is_own(each) or (each["key"].removeprefix(PREFIX), each["effect"]) in wanted]
    known = {(each["key"], each["effect"]) for each in kept}
    missing = [(PREFIX + key, effect) for key, effect in wanted if (PREFIX + key, effect) not in known]
    return kept + [{"key": key, "effect": effect, "timeAdded": at} for key, effect in missing]


def patience(pod: Object, node_taints: list[Object]) -> float | None:
    """Seconds for which the pod may stay with these NoExecute taints: 0 if it does not tolerate one, None for ever."""
    tolerations, allowed = pod["spec"].get("tolerations") or [], []
    for taint in node_taints:
        matching = [each for each in tolerations if _tolerates(each, taint)]
        if not matching:
            return 0.0
        allowed += [max(float(each["tolerationSeconds"]), 0.0) for each in matching if each.get("tolerationSeconds") is not None]
    return min(allowed) if allowed else None


def _wanted(node: Object) -> list[tuple[str, str]]:
    statuses = {each["type"]: each["status"] for each in (node.get("status") or {}).get("conditions") or []}
    wanted = [(key, "NoSchedule") for (name, status), key in NO_SCHEDULE.items() if statuses.get(name) == status]
    if "Ready" not in statuses:
        # A new node is tainted by admission and stays so until its kubelet has spoken.
        wanted.append(("not-ready", "NoSchedule"))
    if node["spec"].get("unschedulable"):
        wanted.append(("unschedulable", "NoSchedule"))
    executes = NO_EXECUTE.get(statuses.get("Ready", ""))
    return wanted + ([(executes, "NoExecute")] if executes else [])


def _is_own(taint: Object) -> bool:
    key = taint["key"].removeprefix(PREFIX)
    executes = taint["effect"] == "NoExecute" and key in NO_EXECUTE.values()
    return bool(taint["key"].startswith(PREFIX)) and (executes or (taint["effect"] == "NoSchedule" and key in OWN))


def _tolerates(toleration: Object, taint: Object) -> bool:
    if toleration.get("effect") not in (None, "", taint["effect"]):
        return False
    if toleration.get("operator") == "Exists":
        return toleration.get("key") in (None, "", taint["key"])
    return bool(toleration.get("key") == taint["key"] and toleration.get("value", "") == taint.get("value", ""))
