"""Pod statuses as a kubelet writes them: pure functions from a pod and what is known of its containers."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sandbox.client.clock import now
from sandbox.nodes.pod_parts import INIT, MAIN, STATUSES, Object, is_sidecar, status_of

NOT_READY = "ContainersNotReady"
TERMINAL = ("Succeeded", "Failed")


@dataclass
class Record:
    """What the kubelet knows of one container; `state` and `last` are ContainerStates."""

    name: str
    image: str
    is_init: bool = False
    is_sidecar: bool = False
    state: Object = field(default_factory=dict)
    last: Object = field(default_factory=dict)
    restarts: int = 0
    ready: bool = False
    started: bool = False
    container_id: str = ""
    image_id: str = ""

    def wait_for(self, reason: str, message: str = "") -> None:
        """It waits, and why."""
        self.state = {"waiting": {"reason": reason, **({"message": message} if message else {})}}
        self.ready = self.started = False

    @property
    def ended(self) -> Object | None:
        """The terminated state, if it is in it."""
        return self.state.get("terminated")

    @property
    def is_done(self) -> bool:
        """Whether it is an init container that the next one need not wait for any more."""
        return self.started if self.is_sidecar else bool(self.ended and self.ended["exitCode"] == 0)


def records_of(pod: Object) -> list[Record]:
    """The containers as the pod's status has them; without one, they wait to be created."""
    has_init = bool(pod["spec"].get(INIT))
    found = []
    for part in (INIT, MAIN):
        for container in pod["spec"].get(part) or []:
            status = status_of(pod, container["name"])
            waiting = {"waiting": {"reason": "PodInitializing" if has_init else "ContainerCreating"}}
            record = Record(container["name"], container["image"], part == INIT, part == INIT and is_sidecar(container))
            record.state, record.last = status.get("state") or waiting, status.get("lastState") or {}
            record.restarts, record.ready = status.get("restartCount", 0), status.get("ready", False)
            record.started = bool(status.get("started"))
            record.container_id, record.image_id = status.get("containerID", ""), status.get("imageID", "")
            found.append(record)
    return found


def phase_of(records: Sequence[Record], policy: str) -> str:
    """Pending, Running, Succeeded or Failed, as the kubelet infers it from the containers."""
    first = [record for record in records if record.is_init and not record.is_sidecar]
    if policy == "Never" and any(record.ended and record.ended["exitCode"] for record in first):
        return "Failed"
    main = [record for record in records if not record.is_init]
    if any("waiting" in record.state and not record.last for record in main) or not all(record.is_done for record in first):
        return "Pending"
    ended = [record.ended for record in main]
    if policy == "Always" or any(state is None for state in ended):
        return "Running"
    if all(state and state["exitCode"] == 0 for state in ended):
        return "Succeeded"
    return "Failed" if policy == "Never" else "Running"


def status(pod: Object, records: Sequence[Record], phase: str, extra: Object, old: Sequence[Object]) -> Object:
    """The whole status; `extra` are its other fields, `old` the conditions until now."""
    value: Object = {"phase": phase, **extra, "conditions": _conditions(pod, records, phase, old, bool(extra.get("podIP")))}
    for part in (INIT, MAIN):
        if shown := [_shown(record) for record in records if record.is_init == (part == INIT)]:
            value[STATUSES[part]] = shown
    return value


def _shown(record: Record) -> Object:
    shown: Object = {"name": record.name, "image": record.image, "imageID": record.image_id, "state": record.state}
    shown |= {"lastState": record.last, "restartCount": record.restarts}
    is_finished_init = record.is_init and not record.is_sidecar and record.is_done
    shown |= {"ready": record.ready or is_finished_init, "started": record.started}
    return shown | ({"containerID": record.container_id} if record.container_id else {})


def _conditions(pod: Object, records: Sequence[Record], phase: str, old: Sequence[Object], has_sandbox: bool) -> list[Object]:
    unfinished = [record.name for record in records if record.is_init and not record.is_done]
    unready = [record.name for record in records if (not record.is_init or record.is_sidecar) and not record.ready]
    initialized: Object = {}
    if unfinished and phase not in TERMINAL:
        initialized = {"reason": "ContainersNotInitialized", "message": f"containers with incomplete status: [{' '.join(unfinished)}]"}
    containers: Object = {}
    if phase in TERMINAL:
        containers = {"reason": "PodCompleted" if phase == "Succeeded" else "PodFailed"}
    elif unready:
        containers = {"reason": NOT_READY, "message": f"containers with unready status: [{' '.join(unready)}]"}
    ready = containers or _gates(pod)
    wanted: dict[str, Object | None] = {
        "PodReadyToStartContainers": {} if has_sandbox and phase not in TERMINAL else None,
        "Initialized": initialized,
        "Ready": ready,
        "ContainersReady": containers,
        "PodScheduled": {},
    }
    return [_condition(old, kind, problem) for kind, problem in wanted.items()]


def _gates(pod: Object) -> Object:
    """The readiness gates that others have not opened."""
    given = {each["type"]: each["status"] for each in (pod.get("status") or {}).get("conditions") or []}
    messages = []
    for gate in pod["spec"].get("readinessGates") or []:
        kind = gate["conditionType"]
        if kind not in given:
            messages.append(f'corresponding condition of pod readiness gate "{kind}" does not exist.')
        elif given[kind] != "True":
            messages.append(f'the status of pod readiness gate "{kind}" is not "True", but {given[kind]}')
    return {"reason": "ReadinessGatesNotReady", "message": ", ".join(messages)} if messages else {}


def _condition(old: Sequence[Object], kind: str, problem: Object | None) -> Object:
    """True if there is no problem (None: false without words); its time changes only with its status."""
    value = "True" if problem == {} else "False"
    before: Object = next((each for each in old if each["type"] == kind), {})
    at = before.get("lastTransitionTime") if before.get("status") == value else None
    # Null takes away what a merge would otherwise leave of an earlier problem.
    words = {"reason": None, "message": None} | (problem or {})
    return {"type": kind, "status": value, "lastProbeTime": None, "lastTransitionTime": at or now(), **words}
