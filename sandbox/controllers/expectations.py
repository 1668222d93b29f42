"""What a controller did and has not seen yet: until its copies show it, it must not act on their number."""

import time

from sandbox.client.calls import Object
from sandbox.client.informer import Informer
from sandbox.controllers.queue import Key

LONGEST = 15.0


class Expectations:
    """Objects created and deleted per key; one that the informer does not show within 15 seconds is given up on."""

    def __init__(self, informer: Informer) -> None:
        self._informer = informer
        self._created: dict[Key, dict[str, float]] = {}
        self._deleted: dict[Key, dict[str, float]] = {}

    def created(self, key: Key, item: Object) -> None:
        """Remember an object that was just created."""
        self._created.setdefault(key, {})[item["metadata"]["uid"]] = time.monotonic() + LONGEST

    def deleted(self, key: Key, item: Object) -> None:
        """Remember an object whose deletion was just accepted."""
        self._deleted.setdefault(key, {})[item["metadata"]["uid"]] = time.monotonic() + LONGEST

    def are_met(self, key: Key) -> bool:
        """Whether the copies show everything that was done for this key."""
        self._created[key] = {uid: end for uid, end in self._created.get(key, {}).items() if self._is_awaited(uid, end)}
        self._deleted[key] = {uid: end for uid, end in self._deleted.get(key, {}).items() if self._is_leaving(uid, end)}
        if self._created[key] or self._deleted[key]:
            return False
        del self._created[key], self._deleted[key]
        return True

    def _is_awaited(self, uid: str, end: float) -> bool:
        return uid not in self._informer.objects and time.monotonic() < end

    def _is_leaving(self, uid: str, end: float) -> bool:
        item = self._informer.objects.get(uid)
        return item is not None and "deletionTimestamp" not in item["metadata"] and time.monotonic() < end
