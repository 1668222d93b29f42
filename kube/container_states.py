"""What a pod's status says of each of its containers, and who made the pod: the facts from which it is explained why one does not run."""

from typing import Any

from kube.errors import safe_text
from kube.quantities import QuantityError, bytes_of, cpu_millicores

Facts = dict[str, Any]
_STATES = {"waiting": "waiting", "running": "running", "terminated": "ended"}


def container_states(pod: Facts) -> list[Facts]:
    """One entry per container, those that prepare the pod (`step`) first. What is not known or empty is left out.

    {name, image, step, state: waiting | running | ended, reason, message, exit_code, since, ready, restarts, cpu, memory, last};
    `cpu` is its limit in millicores, `memory` in bytes; `last` is the run before: {exit_code, reason, message, ended_at}.
    """
    spec, status = pod.get("spec") or {}, pod.get("status") or {}
    steps = _entries(spec.get("initContainers"), status.get("initContainerStatuses"), step=True)
    return [*steps, *_entries(spec.get("containers"), status.get("containerStatuses"), step=False)]


def controller_of(pod: Facts) -> str:
    """ "ReplicaSet/web-6d5f" of the object that made the pod and keeps it; empty for a pod that stands alone."""
    references = pod["metadata"].get("ownerReferences") or []
    found: Facts = next((each for each in references if each.get("controller")), {})
    return safe_text(f"{found.get('kind', '')}/{found.get('name', '')}") if found else ""


def _entries(wanted: list[Facts] | None, told: list[Facts] | None, *, step: bool) -> list[Facts]:
    by_name = {each.get("name"): each for each in told or []}
    return [_entry(container, by_name.get(container["name"]) or {}, step) for container in wanted or []]


def _entry(container: Facts, status: Facts, step: bool) -> Facts:
    states: Facts = status.get("state") or {}
    kind = next((kind for kind in states if kind in _STATES), "")
    state: Facts = states.get(kind) or {}
    limits = (container.get("resources") or {}).get("limits") or {}
    ended = (status.get("lastState") or {}).get("terminated") or {}
    facts = {
        "name": container["name"],
        "image": safe_text(container.get("image") or ""),
        "step": step,
        "state": _STATES.get(kind, ""),
        "reason": safe_text(state.get("reason") or ""),
        "message": safe_text(state.get("message") or ""),
        "exit_code": state.get("exitCode"),
        "since": state.get("startedAt") if kind == "running" else state.get("finishedAt"),
        "ready": bool(status.get("ready")),
        "restarts": status.get("restartCount") or 0,
        "cpu": _amount(cpu_millicores, limits.get("cpu")),
        "memory": _amount(bytes_of, limits.get("memory")),
        "last": _last(ended) if ended else {},
    }
    return {name: value for name, value in facts.items() if value or (value == 0 and name == "exit_code")}


def _last(ended: Facts) -> Facts:
    words = {field: safe_text(ended.get(field) or "") for field in ("reason", "message")}
    facts = {"exit_code": ended.get("exitCode") or 0, **words, "ended_at": ended.get("finishedAt") or ""}
    return {name: value for name, value in facts.items() if value or name == "exit_code"}


def _amount(read: Any, text: object) -> int:
    try:
        return int(read(str(text))) if text is not None else 0
    except QuantityError:
        return 0
