"""Which node a pod goes to, and in the scheduler's words why it fits on no other."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sandbox.scheduler.demand import NOTHING, Amounts, add, demand, host_ports
from sandbox.scheduler.matching import is_selected, preference, untolerated
from sandbox.scheduler.rooms import Object, Port, Room

UNSCHEDULABLE = "node(s) were unschedulable"
NO_MATCH = "node(s) didn't match Pod's node affinity/selector"
PORTS_TAKEN = "node(s) didn't have free ports for the requested pod ports"
CORDON = {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}
NO_NODES = "no nodes available to schedule pods"


@dataclass(frozen=True)
class Refusal:
    """Why a pod does not fit on a node; nothing helps if not even an empty node would do."""

    reasons: list[str]
    is_final: bool = True


@dataclass
class Verdict:
    """The chosen node, or None and the refusals by node; `general` is a reason that holds for all nodes."""

    node: str | None = None
    refusals: dict[str, Refusal] = field(default_factory=dict)
    general: str = ""
    count: int = 0

    def message(self, preemption: str = "") -> str:
        """The message of the FailedScheduling event; `preemption` says what came of that."""
        if not self.count:
            return NO_NODES
        counted = Counter(reason for refusal in self.refusals.values() for reason in refusal.reasons)
        listed = self.general or ", ".join(sorted(f"{count} {reason}" for reason, count in counted.items()))
        return f"0/{self.count} nodes are available: {listed}." + (f" preemption: {preemption}" if preemption else "")


def choose(pod: Object, rooms: Sequence[Room], promised: Iterable[tuple[str, Object]] = ()) -> Verdict:
    """Judge every node; `promised` are (node, pod) of more important pods that room was made for."""
    wanted, ports = demand(pod), host_ports(pod)
    held = list(promised)
    verdict, best = Verdict(count=len(rooms)), None
    for room in rooms:
        reserved = [other for node, other in held if node == room.name]
        refusal = judge(pod, wanted, ports, room, reserved)
        if refusal is not None:
            verdict.refusals[room.name] = refusal
            continue
        rank = _rank(pod, wanted, room)
        if best is None or rank < best:
            best, verdict.node = rank, room.name
    return verdict


def judge(pod: Object, wanted: Amounts, ports: frozenset[Port], room: Room, reserved: Sequence[Object] = ()) -> Refusal | None:
    """Why the pod cannot go there; the first kind of reason that applies, in the scheduler's order."""
    if room.unschedulable and untolerated(pod, [CORDON]):
        return Refusal([UNSCHEDULABLE])
    if taints := untolerated(pod, room.taints):
        return Refusal([f"node(s) had untolerated taint {{{taints[0]['key']}: {taints[0].get('value', '')}}}"])
    if not is_selected(pod, room.name, room.labels):
        return Refusal([NO_MATCH])
    if room.has_conflict(ports):
        return Refusal([PORTS_TAKEN], is_final=False)
    extra: Amounts = {}
    for other in reserved:
        add(extra, demand(other), -1)
    if short := room.short_of(wanted, extra):
        reasons = ["Too many pods" if name == "pods" else f"Insufficient {name}" for name in short]
        return Refusal(reasons, is_final=any(wanted[name] > room.allocatable.get(name, NOTHING) for name in short if name != "pods"))
    return None


def _rank(pod: Object, wanted: Amounts, room: Room) -> tuple[int, int, bool, Decimal, str]:
    """Smaller is better: taints that advise against it, preferences, devices that it would leave idle, then the emptiest node."""
    idle_devices = any("/" in name and amount and name not in wanted for name, amount in room.allocatable.items())
    parts = [room.taken.get(name, NOTHING) / room.allocatable[name] for name in ("cpu", "memory") if room.allocatable.get(name)]
    advice = len(untolerated(pod, room.taints, soft=True)) if room.taints else 0
    return advice, -preference(pod, room.name, room.labels), idle_devices, sum(parts, NOTHING), room.name
