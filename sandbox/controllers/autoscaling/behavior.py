"""How fast a recommendation may be followed: stabilization windows, scaling policies, bounds; pure but for its own memory."""

import math
from dataclasses import dataclass, field
from typing import Any

Object = dict[str, Any]
POLICIES_UP = [{"type": "Percent", "value": 100, "periodSeconds": 15}, {"type": "Pods", "value": 4, "periodSeconds": 15}]
POLICIES_DOWN = [{"type": "Percent", "value": 100, "periodSeconds": 15}]
DEFAULTS: dict[str, Object] = {
    "scaleUp": {"stabilizationWindowSeconds": 0, "selectPolicy": "Max", "policies": POLICIES_UP},
    "scaleDown": {"stabilizationWindowSeconds": 300, "selectPolicy": "Max", "policies": POLICIES_DOWN},
}
LONGEST = 3600.0
Told = tuple[str, str]
READY: Told = ("ReadyForNewScale", "recommended size matches current size")
UP_STABILIZED: Told = (
    "ScaleUpStabilized",
    "recent recommendations were lower than current one, applying the lowest recent recommendation",
)
DOWN_STABILIZED: Told = (
    "ScaleDownStabilized",
    "recent recommendations were higher than current one, applying the highest recent recommendation",
)
WITHIN: Told = ("DesiredWithinRange", "the desired count is within the acceptable range")
TOO_MANY: Told = ("TooManyReplicas", "the desired replica count is more than the maximum replica count")
TOO_FEW: Told = ("TooFewReplicas", "the desired replica count is less than the minimum replica count")
TOO_FAST_UP: Told = ("ScaleUpLimit", "the desired replica count is increasing faster than the maximum scale rate")
TOO_FAST_DOWN: Told = ("ScaleDownLimit", "the desired replica count is decreasing faster than the maximum scale rate")


@dataclass
class Memory:
    """What an autoscaler recommended and did, each with the clock's seconds; changes are positive for more replicas."""

    recommendations: list[tuple[float, int]] = field(default_factory=list)
    changes: list[tuple[float, int]] = field(default_factory=list)

    def forget(self, clock: float) -> None:
        """Drop what no window reaches any more."""
        self.recommendations = [each for each in self.recommendations if each[0] > clock - LONGEST]
        self.changes = [each for each in self.changes if each[0] > clock - LONGEST]


@dataclass(frozen=True)
class Verdict:
    """The count to scale to, and the words of the conditions AbleToScale and ScalingLimited."""

    replicas: int
    able: Told
    limited: Told

    @property
    def is_limited(self) -> bool:
        """Whether something kept the count from what was recommended."""
        return self.limited != WITHIN


def decide(spec: Object, current: int, desired: int, memory: Memory, clock: float) -> Verdict:
    """Bring a recommendation within windows, rates and bounds; remembers the recommendation."""
    rules = {side: {**DEFAULTS[side], **((spec.get("behavior") or {}).get(side) or {})} for side in DEFAULTS}
    if not memory.recommendations:
        memory.recommendations.append((clock, current))
    stable = _stabilize(rules, current, desired, memory, clock)
    memory.recommendations.append((clock, desired))
    memory.forget(clock)
    able = READY if stable == desired else UP_STABILIZED if desired >= current else DOWN_STABILIZED
    replicas, limited = _limit(spec, rules, current, stable, memory, clock)
    return Verdict(replicas, able, limited)


def _stabilize(rules: dict[str, Object], current: int, desired: int, memory: Memory, clock: float) -> int:
    """The nearest to the current count that every recommendation of its side's window agrees with."""

    def recent(side: str) -> list[int]:
        window = rules[side].get("stabilizationWindowSeconds")
        since = clock - float(DEFAULTS[side]["stabilizationWindowSeconds"] if window is None else window)
        return [count for at, count in memory.recommendations if at > since]

    lowest, highest = min([desired, *recent("scaleUp")]), max([desired, *recent("scaleDown")])
    return min(max(current, lowest), highest)


def _limit(spec: Object, rules: dict[str, Object], current: int, desired: int, memory: Memory, clock: float) -> tuple[int, Told]:
    most, least = int(spec["maxReplicas"]), int(spec.get("minReplicas", 1))
    if desired > current:
        fastest = max(_rate(rules["scaleUp"], current, memory, clock, 1), current)
        if desired > min(most, fastest):
            return (fastest, TOO_FAST_UP) if fastest < most else (most, TOO_MANY)
    elif desired < current:
        fastest = min(_rate(rules["scaleDown"], current, memory, clock, -1), current)
        if desired < max(least, fastest):
            return (fastest, TOO_FAST_DOWN) if fastest > least else (least, TOO_FEW)
    return bounded(spec, desired)


def bounded(spec: Object, desired: int) -> tuple[int, Told]:
    """A count within minReplicas and maxReplicas."""
    most, least = int(spec["maxReplicas"]), int(spec.get("minReplicas", 1))
    if desired > most:
        return most, TOO_MANY
    return (least, TOO_FEW) if desired < least else (desired, WITHIN)


def _rate(rules: Object, current: int, memory: Memory, clock: float, sign: int) -> int:
    """The count that the policies allow now; `sign` is 1 for more replicas, -1 for fewer."""
    if rules.get("selectPolicy") == "Disabled":
        return current
    allowed = [_policy(policy, current, memory, clock, sign) for policy in rules.get("policies") or []]
    if not allowed:
        return current
    widest, narrowest = (max, min) if sign > 0 else (min, max)
    return narrowest(allowed) if rules.get("selectPolicy") == "Min" else widest(allowed)


def _policy(policy: Object, current: int, memory: Memory, clock: float, sign: int) -> int:
    start = current - sum(change for at, change in memory.changes if at > clock - policy["periodSeconds"])
    if policy["type"] == "Pods":
        return int(start + sign * policy["value"])
    share = start * (1 + sign * policy["value"] / 100)
    return math.ceil(round(share, 6)) if sign > 0 else int(share)
