"""Keeps the rules of aggregated ClusterRoles equal to those of the roles that they choose."""

import asyncio

from sandbox.access.aggregation import aggregated_rules
from sandbox.kinds.table import kind_named
from sandbox.schema.decode import clone
from sandbox.storage.history import Change
from sandbox.storage.store import Store


class AggregatedRoles:
    """Listens to the store; gathers in the next turn of the loop, again as long as one aggregated role changes another."""

    def __init__(self, store: Store, loop: asyncio.AbstractEventLoop) -> None:
        self._store, self._loop, self._is_due = store, loop, False
        store.listen(self._changed)
        self._mark()

    def _changed(self, change: Change) -> None:
        if change.last.kind.built_in == "ClusterRole":
            self._mark()

    def _mark(self) -> None:
        if not self._is_due:
            self._is_due = True
            self._loop.call_soon(self._gather)

    def _gather(self) -> None:
        self._is_due = False
        stored_roles = list(self._store.items(kind_named("ClusterRole")))
        for stored in stored_roles:
            if not stored.value.get("aggregationRule") or "deletionTimestamp" in stored.value["metadata"]:
                continue
            rules = aggregated_rules(stored.value, [each.value for each in stored_roles])
            if rules != (stored.value.get("rules") or []):
                self._store.put(stored.kind, {**clone(stored.value), "rules": clone(rules)})
