"""The arithmetic of a rollout: how many pods it may add or miss, and how a new size is shared among ReplicaSets."""

import math

from sandbox.client.calls import Object

DESIRED = "deployment.kubernetes.io/desired-replicas"
MAXIMUM = "deployment.kubernetes.io/max-replicas"


def replicas_of(item: Object) -> int:
    """spec.replicas; not given means one."""
    return int(item["spec"].get("replicas", 1))


def is_rolling(deployment: Object) -> bool:
    """Whether its strategy is RollingUpdate."""
    return bool((deployment["spec"].get("strategy") or {}).get("type") != "Recreate")


def fenceposts(deployment: Object) -> tuple[int, int]:
    """maxSurge and maxUnavailable as numbers of pods: percentages of the first are rounded up, of the second down; never both 0."""
    if not is_rolling(deployment):
        return 0, 0
    rolling = (deployment["spec"].get("strategy") or {}).get("rollingUpdate") or {}
    replicas = replicas_of(deployment)
    surge = _amount(rolling.get("maxSurge", "25%"), replicas, math.ceil)
    unavailable = _amount(rolling.get("maxUnavailable", "25%"), replicas, math.floor)
    if not surge and not unavailable:
        unavailable = 1
    return surge, min(unavailable, replicas)


def _amount(value: int | str, replicas: int, rounded: "type[int] | object") -> int:
    if isinstance(value, int):
        return value
    return int(rounded(int(value.rstrip("%")) * replicas / 100))  # type: ignore[operator]


def total(sets: list[Object]) -> int:
    """The sum of spec.replicas."""
    return sum(map(replicas_of, sets))


def status_total(sets: list[Object], count: str) -> int:
    """The sum of one count of the statuses, such as `availableReplicas`."""
    return sum((each.get("status") or {}).get(count, 0) for each in sets)


def size_of_newest(deployment: Object, sets: list[Object], newest: Object) -> int:
    """To how many replicas the newest ReplicaSet (with all of them in `sets`) may grow now."""
    wanted, own = replicas_of(deployment), replicas_of(newest)
    if not is_rolling(deployment):
        return wanted
    room = wanted + fenceposts(deployment)[0] - total(sets)
    return own if room <= 0 else own + min(room, wanted - own)


def sizes_of_old(deployment: Object, old: list[Object], newest: Object) -> dict[str, int]:
    """New sizes of old ReplicaSets, by name: those that are not available first, then as many as may be missed."""
    wanted = replicas_of(deployment)
    least = wanted - fenceposts(deployment)[1]
    starting = replicas_of(newest) - status_total([newest], "availableReplicas")
    spare = total([*old, newest]) - least - starting
    sizes = {each["metadata"]["name"]: replicas_of(each) for each in old}
    if spare <= 0:
        return sizes
    ordered = sorted(old, key=created)
    for each in ordered:
        broken = replicas_of(each) - status_total([each], "availableReplicas")
        cut = max(min(spare, broken), 0)
        spare -= cut
        sizes[each["metadata"]["name"]] -= cut
    # A status may still count pods that the last pass gave up.
    available = sum(min(replicas_of(each), status_total([each], "availableReplicas")) for each in (*old, newest))
    dispensable = min(available - least, spare)
    for each in ordered:
        cut = max(min(sizes[each["metadata"]["name"]], dispensable), 0)
        dispensable -= cut
        sizes[each["metadata"]["name"]] -= cut
    return sizes


def proportions(deployment: Object, active: list[Object]) -> dict[str, int]:
    """New sizes by name when a Deployment is scaled in the middle of a rollout: each ReplicaSet keeps its share."""
    wanted, surge = replicas_of(deployment), fenceposts(deployment)[0]
    to_add = (wanted + surge if wanted else 0) - total(active)
    ordered = _by_size(active, newer_first=to_add > 0)
    sizes: dict[str, int] = {}
    added = 0
    for each in ordered:
        share = _share(deployment, each, surge)
        share = min(share, to_add - added) if to_add > 0 else max(share, to_add - added)
        share = share if to_add else 0
        sizes[each["metadata"]["name"]] = replicas_of(each) + share
        added += share
    if ordered and to_add:
        first = ordered[0]["metadata"]["name"]
        sizes[first] = max(sizes[first] + to_add - added, 0)
    return sizes


def _share(deployment: Object, item: Object, surge: int) -> int:
    wanted, own = replicas_of(deployment), replicas_of(item)
    if not wanted:
        return -own
    note = (item["metadata"].get("annotations") or {}).get(MAXIMUM, "")
    before = int(note) if note.isdigit() and int(note) else (deployment.get("status") or {}).get("replicas", 0)
    return math.floor(own * (wanted + surge) / before + 0.5) - own if before else 0


def _by_size(sets: list[Object], *, newer_first: bool) -> list[Object]:
    by_age = sorted(sets, key=created, reverse=newer_first)
    return sorted(by_age, key=replicas_of, reverse=True)


def created(item: Object) -> tuple[str, str]:
    """The order of creation; a name decides within a second."""
    return item["metadata"]["creationTimestamp"], item["metadata"]["name"]
