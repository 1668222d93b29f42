"""A pod in one line, with the reason that kubectl would show."""

from decimal import Decimal
from typing import Any

from kube.errors import safe_text
from kube.quantities import QuantityError, parse

_GPU_HINTS = ("gpu", "/mig-", "/npu", "/tpu", "neuron")
# In which order somebody wants to see pods: those that need a hand first.
TROUBLE, WAITING, RUNNING, ENDED = range(4)


def summarise(pod: dict[str, Any]) -> dict[str, Any]:
    """{name, namespace, uid, phase, reason, message, ready "1/2", restarts, last_exit, node, requests, started_at, terminating} of a pod.

    `requests` maps "cpu" to millicores, "memory" to bytes and every GPU resource name to cards; `started_at` is RFC 3339 or None.
    `last_exit` is {container, exit_code, reason, message, ended_at} of the container that ended last and was not done, {} if none was;
    it stays while the container runs again.
    """
    metadata, spec, status = pod["metadata"], pod.get("spec") or {}, pod.get("status") or {}
    containers, steps = status.get("containerStatuses") or [], status.get("initContainerStatuses") or []
    # As kubectl counts: those of the steps before the start only until it is made.
    restarting = [*containers, *steps] if status.get("phase") == "Pending" else containers
    reason, message = _why(pod, status, containers)
    return {
        "name": metadata["name"],
        "namespace": metadata.get("namespace"),
        "uid": metadata.get("uid"),
        "phase": status.get("phase") or "Pending",
        "reason": safe_text(reason),
        "message": safe_text(message),
        "ready": f"{sum(1 for item in containers if item.get('ready'))}/{len(spec.get('containers') or [])}",
        "restarts": sum(item.get("restartCount") or 0 for item in restarting),
        "last_exit": _last_exit([*containers, *steps]),
        "node": spec.get("nodeName") or "",
        "requests": requests_of(spec),
        "started_at": status.get("startTime"),
        "terminating": bool(metadata.get("deletionTimestamp")),
    }


def rank_of(summary: dict[str, Any]) -> int:
    """TROUBLE for a pod that will not do its work by itself, WAITING for one on its way in or out, RUNNING, or ENDED well; of a summary."""
    if summary["phase"] == "Succeeded":
        return ENDED
    if summary["terminating"]:
        return WAITING
    if summary["reason"] or summary["phase"] in ("Failed", "Unknown"):
        return TROUBLE
    ready, _slash, of = summary["ready"].partition("/")
    return RUNNING if summary["phase"] == "Running" and ready == of else WAITING


def _why(pod: dict[str, Any], status: dict[str, Any], containers: list[dict[str, Any]]) -> tuple[str, str]:
    if pod["metadata"].get("deletionTimestamp"):
        return "Terminating", status.get("message") or ""
    if status.get("reason"):
        return status["reason"], status.get("message") or ""
    for prefix, items in (("Init:", status.get("initContainerStatuses") or []), ("", containers)):
        for item in items:
            if found := _container_reason(item):
                return prefix + found[0], found[1]
    if status.get("phase") == "Pending":
        return _condition(status)
    return "", status.get("message") or ""


def _container_reason(item: dict[str, Any]) -> tuple[str, str] | None:
    state = item.get("state") or {}
    waiting, ended = state.get("waiting"), state.get("terminated")
    if waiting and waiting.get("reason") not in (None, "ContainerCreating", "PodInitializing"):
        return waiting["reason"], waiting.get("message") or ""
    if ended and ended.get("exitCode"):
        signal = ended.get("signal")
        reason = ended.get("reason") or (f"Signal:{signal}" if signal else f"ExitCode:{ended['exitCode']}")
        return reason, ended.get("message") or f"exit code {ended['exitCode']}"
    return None


def _last_exit(containers: list[dict[str, Any]]) -> dict[str, Any]:
    ended = [
        (item.get("name") or "", how)
        for item in containers
        for how in ((item.get("lastState") or {}).get("terminated"), (item.get("state") or {}).get("terminated"))
        if how and (how.get("exitCode") or item.get("restartCount"))
    ]
    if not ended:
        return {}
    name, how = max(ended, key=lambda each: str(each[1].get("finishedAt") or ""))
    words = {field: safe_text(how.get(field) or "") for field in ("reason", "message")}
    return {"container": name, "exit_code": how.get("exitCode") or 0, **words, "ended_at": how.get("finishedAt") or ""}


def _condition(status: dict[str, Any]) -> tuple[str, str]:
    for condition in status.get("conditions") or []:
        if condition.get("type") == "PodScheduled" and condition.get("status") == "False":
            return condition.get("reason") or "Unschedulable", condition.get("message") or ""
    return "", ""


def requests_of(spec: dict[str, Any]) -> dict[str, int]:
    """What a pod asks for as the scheduler counts it: the containers together, or the largest init container, plus the overhead."""
    sidecars = [item for item in spec.get("initContainers") or [] if item.get("restartPolicy") == "Always"]
    steps = [item for item in spec.get("initContainers") or [] if item.get("restartPolicy") != "Always"]
    total = _sum([_wanted(item) for item in [*(spec.get("containers") or []), *sidecars]])
    beside = _sum([_wanted(item) for item in sidecars])
    for item in steps:
        for name, value in _sum([_wanted(item), beside]).items():
            total[name] = max(total.get(name, Decimal(0)), value)
    total = _sum([total, _values(spec.get("overhead") or {})])
    return {name: int(value * 1000) if name == "cpu" else int(value) for name, value in total.items() if value}


def _wanted(container: dict[str, Any]) -> dict[str, Decimal]:
    resources = container.get("resources") or {}
    return _values({**(resources.get("limits") or {}), **(resources.get("requests") or {})})


def _values(resources: dict[str, Any]) -> dict[str, Decimal]:
    found = {}
    for name, text in resources.items():
        if name in ("cpu", "memory") or any(hint in name.lower() for hint in _GPU_HINTS):
            try:
                found[name] = parse(str(text))
            except QuantityError:
                continue
    return found


def _sum(parts: list[dict[str, Decimal]]) -> dict[str, Decimal]:
    total: dict[str, Decimal] = {}
    for part in parts:
        for name, value in part.items():
            total[name] = total.get(name, Decimal(0)) + value
    return total
