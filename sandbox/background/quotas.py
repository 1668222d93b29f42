"""Keeps the status of every ResourceQuota equal to what its namespace uses."""

import asyncio

from sandbox.admission.quota import used
from sandbox.background.due import Due
from sandbox.kinds.table import kind_named
from sandbox.schema.decode import clone
from sandbox.storage.history import Change
from sandbox.storage.store import Store


class QuotaStatus:
    """Listens to the store; recounts a namespace once per turn of the loop, however many writes it saw."""

    def __init__(self, store: Store, loop: asyncio.AbstractEventLoop) -> None:
        self._store = store
        self._due = Due(loop, self._recount)
        store.listen(self._changed)

    def _changed(self, change: Change) -> None:
        namespace = change.last.namespace
        if not namespace or change.last.kind.built_in == "Event" or not self._store.count(kind_named("ResourceQuota"), namespace):
            return
        self._due.mark(namespace)

    def _recount(self, namespace: str) -> None:
        for quota in list(self._store.items(kind_named("ResourceQuota"), namespace)):
            hard = (quota.value.get("spec") or {}).get("hard") or {}
            status = {"hard": dict(hard), "used": used(self._store, quota.value)} if hard else {}
            if quota.value.get("status") != status and "deletionTimestamp" not in quota.value["metadata"]:
                value = clone(quota.value)
                value["status"] = status
                self._store.put(quota.kind, value)
