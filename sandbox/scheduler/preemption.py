"""Which pods must go so that a more important one fits, and what is said when that does not help."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.scheduler.demand import Amounts, demand, host_ports
from sandbox.scheduler.fitting import Verdict, judge
from sandbox.scheduler.rooms import Object, Room

NEVER = "not eligible due to preemptionPolicy=Never."
IN_PROGRESS = "not eligible due to a terminating pod on the nominated node."
NO_VICTIMS = "No preemption victims found for incoming pod"
NOT_HELPFUL = "Preemption is not helpful for scheduling"


@dataclass(frozen=True)
class Candidate:
    """A node and the pods that must leave it."""

    node: str
    victims: list[Object]

    def cost(self) -> tuple[int, int, int, str]:
        """Smaller is better: the most important victim, all of them together, their number."""
        priorities = [priority_of(pod) for pod in self.victims]
        # Shifted, so that many victims of negative priority do not look better than few.
        return max(priorities), sum(priority + 2**31 for priority in priorities), len(priorities), self.node


def preempt(pod: Object, rooms: Sequence[Room], verdict: Verdict) -> Candidate | str:
    """The best node to make room on, or the words that end the message of the FailedScheduling event."""
    if pod["spec"].get("preemptionPolicy") == "Never":
        return NEVER
    nominated = (pod.get("status") or {}).get("nominatedNodeName")
    if nominated and _is_clearing(pod, next((room for room in rooms if room.name == nominated), None)):
        return IN_PROGRESS
    wanted, candidates, reasons = demand(pod), [], Counter[str]()
    for room in rooms:
        refusal = verdict.refusals.get(room.name)
        if verdict.general or refusal is None or refusal.is_final:
            reasons[NOT_HELPFUL] += 1
        elif victims := _victims(pod, wanted, room):
            candidates.append(Candidate(room.name, victims))
        else:
            reasons[NO_VICTIMS] += 1
    if candidates:
        return min(candidates, key=Candidate.cost)
    listed = ", ".join(sorted(f"{count} {reason}" for reason, count in reasons.items()))
    return f"0/{len(rooms)} nodes are available: {listed}."


def priority_of(pod: Object) -> int:
    """0 unless the pod has one."""
    return int(pod["spec"].get("priority") or 0)


def _is_clearing(pod: Object, room: Room | None) -> bool:
    others = room.pods.values() if room else ()
    return any("deletionTimestamp" in other["metadata"] and priority_of(other) < priority_of(pod) for other in others)


def _victims(pod: Object, wanted: Amounts, room: Room) -> list[Object]:
    """The fewest and least important pods without which the pod fits; none if it would not fit all the same."""
    lower = [other for other in room.pods.values() if priority_of(other) < priority_of(pod)]
    ports = host_ports(pod)
    spared = Room(room.name, room.labels, room.taints, room.unschedulable, room.allocatable, dict(room.taken), dict(room.pods))
    for other in lower:
        spared.drop(other["metadata"]["uid"])
    if not lower or judge(pod, wanted, ports, spared) is not None:
        return []
    victims = []
    for other in sorted(lower, key=lambda each: (-priority_of(each), (each.get("status") or {}).get("startTime") or "~")):
        spared.put(other)
        if judge(pod, wanted, ports, spared) is not None:
            spared.drop(other["metadata"]["uid"])
            victims.append(other)
    return victims
