"""How one container of a pod stands: which run it is, and whether there is or will be a log."""

from typing import Any, NamedTuple

_LISTS = ("containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses")
_OVER = ("Succeeded", "Failed")


class Standing(NamedTuple):
    """`run` is the restart count; `started`: there is a log; `running`: it may grow; `over`: nothing will ever be added."""

    pod_uid: str
    run: int
    started: bool
    running: bool
    over: bool


def standing(pod: dict[str, Any], container: str) -> Standing:
    """The standing of a container by the pod's status; one without a status has not started."""
    status = pod.get("status") or {}
    found: dict[str, Any] = next((each for name in _LISTS for each in status.get(name) or [] if each.get("name") == container), {})
    state = found.get("state") or {}
    ended = "terminated" in state or "terminated" in (found.get("lastState") or {})
    running = "running" in state
    return Standing(
        pod["metadata"].get("uid", ""), found.get("restartCount") or 0, running or ended, running, not running and _is_over(status, found)
    )


def _is_over(status: dict[str, Any], found: dict[str, Any]) -> bool:
    # A step before the start that is done runs no more, whatever becomes of the pod.
    done = (found.get("state") or {}).get("terminated") or {}
    is_step = found in (status.get("initContainerStatuses") or [])
    return status.get("phase") in _OVER or (is_step and bool(done) and not done.get("exitCode"))
