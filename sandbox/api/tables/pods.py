"""The table of pods, with the status in one word that nobody stores."""

from datetime import datetime
from typing import Any

from sandbox.api.tables.ages import age, or_none, since
from sandbox.api.tables.columns import Printer, columns
from sandbox.kinds.rules import Object

COLUMNS = columns("Name, Ready, Status, Restarts, Age, IP+, Node+, Nominated Node+, Readiness Gates+")
ENDED = {"Succeeded": "The pod has completed successfully.", "Failed": "The pod failed."}


class _Tally:
    """Counts over a pod's containers."""

    def __init__(self) -> None:
        self.ready, self.restarts, self.last = 0, 0, ""

    def count_restarts(self, status: Object) -> None:
        self.restarts += status.get("restartCount", 0)
        ended = ((status.get("lastState") or {}).get("terminated") or {}).get("finishedAt")
        self.last = max(self.last, ended or "")


def _cells(pod: Object, now: datetime) -> list[Any]:
    spec, status = pod["spec"], pod.get("status") or {}
    reason, tally = _judge(pod, spec, status)
    total = len(spec.get("containers") or []) + len(_sidecars(spec))
    restarts = f"{tally.restarts} ({since(tally.last, now)} ago)" if tally.restarts and tally.last else str(tally.restarts)
    cells = [pod["metadata"].get("name", ""), f"{tally.ready}/{total}", reason, restarts, age(pod, now)]
    address = next((each["ip"] for each in status.get("podIPs") or []), status.get("podIP"))
    return [*cells, or_none(address), or_none(spec.get("nodeName")), or_none(status.get("nominatedNodeName")), _gates(spec, status)]


def _judge(pod: Object, spec: Object, status: Object) -> tuple[str, _Tally]:
    phase = status.get("phase", "")
    reason, tally, sidecars = status.get("reason") or phase, _Tally(), _Tally()
    if any(each["type"] == "PodScheduled" and each.get("reason") == "SchedulingGated" for each in _conditions(status)):
        reason = "SchedulingGated"
    initializing = _initializing(spec, status, tally, sidecars)
    if initializing is None or _holds(status, "Initialized"):
        sidecars.ready = tally.ready
        reason, tally = _running(status, reason if initializing is None else initializing, sidecars), sidecars
    else:
        reason = initializing
    if "deletionTimestamp" in pod["metadata"]:
        if status.get("reason") == "NodeLost":
            return "Unknown", tally
        reason = reason if phase in ENDED else "Terminating"
    return reason, tally


def _initializing(spec: Object, status: Object, tally: _Tally, sidecars: _Tally) -> str | None:
    """What the first init container that is not done says; None when all are."""
    restartable = _sidecars(spec)
    for index, each in enumerate(status.get("initContainerStatuses") or []):
        tally.count_restarts(each)
        state = each.get("state") or {}
        if each["name"] in restartable:
            sidecars.count_restarts(each)
            if "terminated" not in state and each.get("started"):
                tally.ready += bool(each.get("ready"))
                continue
        ended, waiting = state.get("terminated"), (state.get("waiting") or {}).get("reason")
        if ended is not None and not ended.get("exitCode"):
            continue
        if ended is not None:
            return f"Init:{_ended(ended)}"
        if waiting and waiting != "PodInitializing":
            return f"Init:{waiting}"
        return f"Init:{index}/{len(spec.get('initContainers') or [])}"
    return None


def _running(status: Object, reason: str, tally: _Tally) -> str:
    """What the first container that has something to say says."""
    runs = False
    for each in reversed(status.get("containerStatuses") or []):
        tally.count_restarts(each)
        state = each.get("state") or {}
        if (state.get("waiting") or {}).get("reason"):
            reason = state["waiting"]["reason"]
        elif state.get("terminated") is not None:
            reason = _ended(state["terminated"])
        elif each.get("ready") and state.get("running") is not None:
            runs = True
            tally.ready += 1
    if reason == "Completed" and runs:
        return "Running" if _holds(status, "Ready") else "NotReady"
    return reason


def _ended(state: Object) -> str:
    if state.get("reason"):
        return str(state["reason"])
    return f"Signal:{state['signal']}" if state.get("signal") else f"ExitCode:{state.get('exitCode', 0)}"


def _sidecars(spec: Object) -> set[str]:
    return {each["name"] for each in spec.get("initContainers") or [] if each.get("restartPolicy") == "Always"}


def _conditions(status: Object) -> list[Object]:
    return status.get("conditions") or []


def _holds(status: Object, name: str) -> bool:
    return any(each["type"] == name and each["status"] == "True" for each in _conditions(status))


def _gates(spec: Object, status: Object) -> str:
    gates = spec.get("readinessGates") or []
    return f"{sum(_holds(status, each['conditionType']) for each in gates)}/{len(gates)}" if gates else "<none>"


def _row_conditions(pod: Object) -> list[Object]:
    phase = (pod.get("status") or {}).get("phase")
    return [{"type": "Completed", "status": "True", "reason": phase, "message": ENDED[phase]}] if phase in ENDED else []


POD = Printer(COLUMNS, _cells, _row_conditions)
