"""A new namespace gets its default ServiceAccount and the CA; one that goes away is emptied first and says what it waits for."""

import asyncio
import uuid
from typing import Any

from sandbox.api.cluster import Cluster, timestamp
from sandbox.api.deletes import remove
from sandbox.background.due import Due
from sandbox.background.remaining import Remaining, conditions
from sandbox.background.root_ca import CA_NAME, root_ca
from sandbox.kinds.table import kind_named
from sandbox.schema.decode import clone
from sandbox.storage.history import Change
from sandbox.storage.stored import Stored


class Namespaces:
    """Listens to the store and acts in the next turn of the loop, so a handler never changes what it just wrote."""

    def __init__(self, cluster: Cluster, loop: asyncio.AbstractEventLoop) -> None:
        self._cluster, self._store = cluster, cluster.store
        self._due = Due(loop, self._settle)
        self._store.listen(self._changed)
        for stored in self._store.items(kind_named("Namespace")):
            self._due.mark(stored.name)

    def _changed(self, change: Change) -> None:
        last = change.last
        if last.kind.built_in == "Namespace":
            self._due.mark(last.name)
        elif last.namespace and (change.after is None or self._is_going(last.namespace)):
            self._due.mark(last.namespace)

    def _is_going(self, name: str) -> bool:
        stored = self._store.get(kind_named("Namespace"), "", name)
        return stored is not None and "deletionTimestamp" in stored.value["metadata"]

    def _settle(self, name: str) -> None:
        stored = self._store.get(kind_named("Namespace"), "", name)
        if stored is None:
            return
        if "deletionTimestamp" in stored.value["metadata"]:
            self._empty(stored)
        else:
            self._furnish(name)

    def _furnish(self, name: str) -> None:
        if not self._store.get(kind_named("ServiceAccount"), name, "default"):
            self._store.put(kind_named("ServiceAccount"), {"metadata": _metadata(name, "default")})
        if not self._store.get(kind_named("ConfigMap"), name, CA_NAME):
            bundle = root_ca(self._cluster.ca_pem)
            self._store.put(kind_named("ConfigMap"), bundle | {"metadata": _metadata(name, CA_NAME) | bundle["metadata"]})

    def _empty(self, namespace: Stored) -> None:
        for stored in self._content(namespace.name):
            if "deletionTimestamp" not in stored.value["metadata"]:
                remove(self._cluster, stored)
        value = clone(namespace.value)
        left = self._content(namespace.name)
        value.setdefault("status", {})["conditions"] = conditions(_counts(left), value["status"].get("conditions") or [])
        if not left:
            value.pop("spec", None)
            value["spec"] = {}
        self._store_if_changed(namespace, value, is_empty=not left)

    def _store_if_changed(self, namespace: Stored, value: dict[str, Any], *, is_empty: bool) -> None:
        if value != namespace.value:
            namespace = self._store.put(namespace.kind, value)
        if is_empty and not value["metadata"].get("finalizers"):
            self._store.remove(namespace)

    def _content(self, name: str) -> list[Stored]:
        return [stored for kind in self._store.kinds.namespaced() for stored in self._store.items(kind, name)]


def _metadata(namespace: str, name: str) -> dict[str, Any]:
    return {"name": name, "namespace": namespace, "uid": str(uuid.uuid4()), "creationTimestamp": timestamp()}


def _counts(left: list[Stored]) -> Remaining:
    remaining = Remaining()
    for stored in left:
        remaining.add(stored.kind.resource, stored.value["metadata"])
    return remaining
