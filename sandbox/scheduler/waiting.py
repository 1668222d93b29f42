"""The pods that wait for a node: those to be looked at now, and those set aside until something changes."""

from typing import Any

Object = dict[str, Any]


class Waiting:
    """A pod is in one of the two or in none, by uid."""

    def __init__(self) -> None:
        self.active: dict[str, Object] = {}
        self.parked: dict[str, Object] = {}

    def note(self, pod: Object) -> bool:
        """A pod is new, or changed; tells whether it is to be looked at. Of one set aside only its spec matters."""
        uid = pod["metadata"]["uid"]
        if uid in self.parked and self.parked[uid]["spec"] == pod["spec"]:
            self.parked[uid] = pod
            return False
        self.parked.pop(uid, None)
        self.active[uid] = pod
        return True

    def drop(self, uid: str) -> None:
        """It waits no more."""
        self.active.pop(uid, None)
        self.parked.pop(uid, None)

    def park(self, pod: Object) -> None:
        """Set it aside."""
        self.active.pop(pod["metadata"]["uid"], None)
        self.parked[pod["metadata"]["uid"]] = pod

    def unpark(self) -> bool:
        """Look at all of them again; tells whether there were any."""
        found = bool(self.parked)
        self.active |= self.parked
        self.parked.clear()
        return found

    def ordered(self) -> list[Object]:
        """Those to be looked at: the most important first, then the oldest."""
        return sorted(self.active.values(), key=_place)


def _place(pod: Object) -> tuple[int, str, str]:
    return -(pod["spec"].get("priority") or 0), pod["metadata"]["creationTimestamp"], pod["metadata"]["name"]
