"""What every node offers and what is taken of it, kept up to date pod by pod."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sandbox.scheduler.demand import NOTHING, Amounts, add, demand, host_ports
from sandbox.schema.quantities import parse

Object = dict[str, Any]
Port = tuple[str, str, int]
ANY_ADDRESS = ("", "0.0.0.0", "::")  # noqa: S104  as pods write it
# The taints that a node lifecycle controller gives by and by to a node whose Ready condition is not True.
NOT_READY = {
    "False": {"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"},
    "Unknown": {"key": "node.kubernetes.io/unreachable", "effect": "NoSchedule"},
}


@dataclass
class Room:
    """One node: its labels and taints, what it allocates to pods, and the pods (by uid) that have it."""

    name: str
    labels: dict[str, str] = field(default_factory=dict)
    taints: list[Object] = field(default_factory=list)
    unschedulable: bool = False
    allocatable: Amounts = field(default_factory=dict)
    taken: Amounts = field(default_factory=dict)
    pods: dict[str, Object] = field(default_factory=dict)
    known: bool = False

    def describe(self, node: Object) -> None:
        """Take over what the node says of itself."""
        spec, status = node["spec"], node.get("status") or {}
        self.known, self.labels = True, node["metadata"].get("labels") or {}
        self.unschedulable = bool(spec.get("unschedulable"))
        ready = next((each["status"] for each in status.get("conditions") or [] if each["type"] == "Ready"), "False")
        self.taints = list(spec.get("taints") or [])
        if ready in NOT_READY and all(taint["key"] != NOT_READY[ready]["key"] for taint in self.taints):
            self.taints.append(NOT_READY[ready])
        self.allocatable = {name: parse(amount) for name, amount in (status.get("allocatable") or {}).items()}

    def put(self, pod: Object) -> None:
        """A pod takes its part."""
        self.pods[pod["metadata"]["uid"]] = pod
        add(self.taken, demand(pod))

    def drop(self, uid: str) -> None:
        """A pod gives back its part."""
        pod = self.pods.pop(uid, None)
        if pod is not None:
            add(self.taken, demand(pod), -1)

    def short_of(self, wanted: Amounts, less: Amounts | None = None) -> list[str]:
        """The resources of which there is not enough; `less` is what would be given back."""
        names = []
        for name, amount in wanted.items():
            free = self.allocatable.get(name, NOTHING) - self.taken.get(name, NOTHING) + (less or {}).get(name, NOTHING)
            if amount > free and amount:
                names.append(name)
        return sorted(names)

    def has_conflict(self, ports: frozenset[Port], without: Iterable[str] = ()) -> bool:
        """Whether one of these host ports is taken, by pods other than those of the uids `without`."""
        if not ports:
            return False
        gone = set(without)
        taken = [port for uid, pod in self.pods.items() if uid not in gone for port in host_ports(pod)]
        return any(_clash(mine, other) for mine in ports for other in taken)


class Rooms:
    """All nodes, and which of them every pod is on."""

    def __init__(self) -> None:
        self._rooms: dict[str, Room] = {}
        self._places: dict[str, str] = {}

    def all(self) -> list[Room]:
        """Every node there is, by name."""
        return sorted((room for room in self._rooms.values() if room.known), key=lambda room: room.name)

    def named(self, name: str) -> Room:
        """The node; one that nobody has seen yet can have pods already."""
        return self._rooms.setdefault(name, Room(name))

    def place(self, pod: Object, node: str) -> None:
        """The pod is on this node now; its part is counted once."""
        uid = pod["metadata"]["uid"]
        before = self.named(node).pods.get(uid)
        if before is not None and before["spec"] == pod["spec"]:
            self.named(node).pods[uid] = pod
            return
        self.remove(uid)
        self._places[uid] = node
        self.named(node).put(pod)

    def remove(self, uid: str) -> bool:
        """The pod is on no node any more; tells whether it was."""
        node = self._places.pop(uid, None)
        if node is not None:
            self.named(node).drop(uid)
        return node is not None

    def node_of(self, uid: str) -> str | None:
        """Where a pod is."""
        return self._places.get(uid)


def _clash(one: Port, other: Port) -> bool:
    same_address = one[1] == other[1] or one[1] in ANY_ADDRESS or other[1] in ANY_ADDRESS
    return one[0] == other[0] and one[2] == other[2] and same_address
