"""Pod statuses as a kubelet writes them: pure functions from a pod and what happens to it."""

import hashlib
from typing import Any

from sandbox.simulate.clock import now
from sandbox.simulate.pools import SIMULATED

Object = dict[str, Any]
NOT_READY = "ContainersNotReady"


def creating(pod: Object, host: str) -> Object:
    """Assigned, images on their way."""
    waiting = [_container(each, {"waiting": {"reason": "ContainerCreating"}}) for each in pod["spec"]["containers"]]
    first = [_container(each, {"waiting": {"reason": "PodInitializing"}}) for each in pod["spec"].get("initContainers") or []]
    status = {"phase": "Pending", "hostIP": host, "startTime": now(), "containerStatuses": waiting}
    return _patch(pod, status | ({"initContainerStatuses": first} if first else {}), ready=False)


def running(pod: Object, address: str, restarts: int, last: Object | None) -> Object:
    """Every container runs and is ready."""
    at = now()
    state = {"running": {"startedAt": at}}
    containers = [_container(each, state, restarts=restarts, last=last, pod=pod, ready=True) for each in pod["spec"]["containers"]]
    done = {"terminated": {"exitCode": 0, "reason": "Completed", "startedAt": at, "finishedAt": at}}
    first = [_container(each, done, pod=pod, ready=True) for each in pod["spec"].get("initContainers") or []]
    status = {"phase": "Running", "podIP": address, "podIPs": [{"ip": address}], "containerStatuses": containers}
    return _patch(pod, status | ({"initContainerStatuses": first} if first else {}), ready=True)


def ended(pod: Object, code: int, started: str, restarts: int) -> Object:
    """Every container has exited for good."""
    state = {"terminated": terminated(pod, code, started)}
    containers = [_container(each, state, restarts=restarts, pod=pod) for each in pod["spec"]["containers"]]
    phase = "Failed" if code else "Succeeded"
    reason = "PodFailed" if code else "PodCompleted"
    return _patch(pod, {"phase": phase, "containerStatuses": containers}, ready=False, reason=reason)


def backing_off(pod: Object, last: Object, restarts: int, seconds: int) -> Object:
    """Crashed and waiting for its restart."""
    metadata = pod["metadata"]
    containers = []
    for each in pod["spec"]["containers"]:
        where = f"pod={metadata['name']}_{metadata['namespace']}({metadata['uid']})"
        message = f"back-off {_duration(seconds)} restarting failed container={each['name']} {where}"
        state = {"waiting": {"reason": "CrashLoopBackOff", "message": message}}
        containers.append(_container(each, state, restarts=restarts, last={"terminated": last}, pod=pod))
    return _patch(pod, {"phase": "Running", "containerStatuses": containers}, ready=False)


def terminated(pod: Object, code: int, started: str) -> Object:
    """The state of an exited container."""
    reason = "Error" if code else "Completed"
    return {"exitCode": code, "reason": reason, "startedAt": started, "finishedAt": now(), "containerID": _id(pod, started)}


def _container(
    container: Object, state: Object, *, restarts: int = 0, last: Object | None = None, pod: Object | None = None, ready: bool = False
) -> Object:
    image = container["image"]
    status: Object = {"name": container["name"], "image": image, "imageID": "", "state": state, "lastState": last or {}}
    status |= {"ready": ready, "restartCount": restarts, "started": "running" in state}
    if pod is not None:
        status |= {"containerID": _id(pod, container["name"] + str(restarts)), "imageID": f"sandbox://{_digest(image)}"}
    return status


def _patch(pod: Object, status: Object, *, ready: bool, reason: str = NOT_READY) -> Object:
    """A strategic patch of the status that only fits this very pod."""
    names = " ".join(each["name"] for each in pod["spec"]["containers"])
    problem = (
        {} if ready else {"reason": reason, **({"message": f"containers with unready status: [{names}]"} if reason == NOT_READY else {})}
    )
    status["conditions"] = [
        _condition(pod, "PodReadyToStartContainers", "True", {}),
        _condition(pod, "Initialized", "True", {}),
        _condition(pod, "Ready", "True" if ready else "False", problem),
        _condition(pod, "ContainersReady", "True" if ready else "False", problem),
        _condition(pod, "PodScheduled", "True", {}),
    ]
    return {"metadata": {"uid": pod["metadata"]["uid"], "annotations": {SIMULATED: "true"}}, "status": status}


def _condition(pod: Object, kind: str, value: str, problem: Object) -> Object:
    old: Object = next((each for each in (pod.get("status") or {}).get("conditions") or [] if each["type"] == kind), {})
    at = old.get("lastTransitionTime") if old.get("status") == value else None
    cleared = {"reason": None, "message": None}
    return {"type": kind, "status": value, "lastProbeTime": None, "lastTransitionTime": at or now(), **cleared, **problem}


def _id(pod: Object, salt: str) -> str:
    return f"sandbox://{_digest(pod['metadata']['uid'] + salt)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _duration(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"
