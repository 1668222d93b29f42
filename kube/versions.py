"""Resource versions of objects that were seen, so that a replayed or late event is told from a new one."""

from collections import OrderedDict
from typing import Any

_TOMBSTONES = 10_000


def number(resource_version: str | None) -> int | None:
    """A resource version as a number, or None if this server's are opaque."""
    return int(resource_version) if resource_version and resource_version.isascii() and resource_version.isdigit() else None


class Seen:
    """The newest version of each object by UID; the deleted are remembered for a while, at the version of their end.

    An object that loses a label leaves a selective watch as DELETED and may come back under the same UID, at a later version.
    """

    def __init__(self) -> None:
        self._newest: dict[str, int] = {}
        self._deleted: OrderedDict[str, int | None] = OrderedDict()

    def reset(self, items: list[dict[str, Any]]) -> None:
        """Forgets everything but these objects."""
        self._newest, self._deleted = {}, OrderedDict()
        for item in items:
            self.is_stale("ADDED", item)

    def is_stale(self, kind: str, thing: dict[str, Any]) -> bool:
        """Whether this event is not newer than what was seen of its object; remembers it if it is."""
        metadata = thing.get("metadata") or {}
        uid, version = metadata.get("uid"), number(metadata.get("resourceVersion"))
        if not uid:
            return False
        if uid in self._deleted:
            end = self._deleted[uid]
            if end is None or version is None or version <= end:
                return True
            del self._deleted[uid]
        if kind == "DELETED":
            return self._delete(uid, version)
        if version is None:
            return False
        if version <= self._newest.get(uid, -1):
            return True
        self._newest[uid] = version
        return False

    def _delete(self, uid: str, version: int | None) -> bool:
        if version is not None and version < self._newest.get(uid, -1):
            return True
        self._newest.pop(uid, None)
        self._deleted[uid] = version
        if len(self._deleted) > _TOMBSTONES:
            self._deleted.popitem(last=False)
        return False
