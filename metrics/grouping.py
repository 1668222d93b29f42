"""Values of pods -> values of pods, workloads, revisions and namespaces."""

from collections.abc import Iterable, Mapping, Sequence
from math import isnan, nan

from clusters.models import Pod
from metrics.columns import ALL_TIMES, GAUGES, TIMES, Point
from metrics.windows import POD, Line
from metrics.workloads import Workload

SECONDS = "seconds"


class Grouping:
    """Remembers when each line last counted requests: a rate is over the time since."""

    def __init__(self) -> None:
        self._counted: dict[Line, int] = {}

    def lines(
        self, at: int, pods: Sequence[Pod], found: Mapping[str, Point], workloads: Mapping[str, Workload], spaces: Mapping[str, str]
    ) -> dict[Line, Point]:
        """`found` by the pods' uids, `spaces` the owners of namespaces by name. Of whom nothing is known there is no line."""
        members: dict[Line, list[Pod]] = {}
        for pod in pods:
            if pod.uid in found:
                for line in _lines_of(pod, workloads.get(pod.uid), spaces.get(pod.namespace, "")):
                    members.setdefault(line, []).append(pod)
        made = {line: self._together(at, line, them, found) for line, them in members.items()}
        return {line: point for line, point in made.items() if point}

    def _together(self, at: int, line: Line, pods: list[Pod], found: Mapping[str, Point]) -> Point:
        point = _sum([found[pod.uid] for pod in pods])
        if line.subject.startswith(POD):
            return {name: value for name, value in point.items() if name in GAUGES}
        if SECONDS in point:
            point[SECONDS] = float(at - self._counted[line]) if line in self._counted else point[SECONDS]
            self._counted[line] = at
        used = [pod for pod in pods if "cpu" in found[pod.uid]]
        return {**point, **_bounds(used)} if used else point


def _lines_of(pod: Pod, workload: Workload | None, space: str) -> Iterable[Line]:
    yield Line(f"{POD}{pod.uid}")
    if space:
        yield Line(space)
    if workload:
        yield Line(workload.subject)
        if workload.part:
            yield Line(workload.subject, workload.part)


def _sum(points: list[Point]) -> Point:
    """Bounds of histograms that not all know fall away; the seconds are those of the longest."""
    timed = sum(ALL_TIMES in point for point in points)
    total: Point = {}
    for name in dict.fromkeys(name for point in points for name in point):
        values = [point[name] for point in points if name in point]
        if name == SECONDS:
            total[name] = max(values)
        elif not name.startswith(TIMES) or len(values) == timed:
            total[name] = sum(values)
    return total


def _bounds(pods: list[Pod]) -> Point:
    """How many tell their use, what they ask for together, and their limits where every one of them has some."""
    bounds = {"pods": float(len(pods))}
    for name in ("cpu", "memory"):
        bounds[f"{name}.request"] = sum(request_of(pod, name) or 0.0 for pod in pods)
        bounds[f"{name}.limit"] = sum(nan if (limit := limit_of(pod, name)) is None else limit for pod in pods)
    return {name: value for name, value in bounds.items() if not isnan(value)}


def request_of(pod: Pod, name: str) -> float | None:
    """What the pod asks for, in cores or bytes; None for nothing."""
    asked = pod.requests.get(name)
    return asked / _unit(name) if asked else None


def limit_of(pod: Pod, name: str) -> float | None:
    """What all its containers together may use at most, in cores or bytes; None while one of them may use any amount."""
    limits = [each.get(name) for each in pod.container_states if not each.get("step")]
    return sum(limits) / _unit(name) if limits and all(limits) else None


def _unit(name: str) -> int:
    return 1000 if name == "cpu" else 1
