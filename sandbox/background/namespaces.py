"""A new namespace gets its default ServiceAccount and the CA; one that goes away is emptied first and says what it waits for."""

import asyncio
import uuid
from typing import Any

from sandbox.api.cluster import Cluster, timestamp
from sandbox.api.deletes import remove
from sandbox.kinds.table import KINDS, kind_named
from sandbox.schema.decode import clone
from sandbox.storage.history import Change
from sandbox.storage.stored import Stored

CONTENT = tuple(kind for kind in KINDS if kind.namespaced)
CA_NAME = "kube-root-ca.crt"
CA_NOTE = "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters."  # noqa: E501


class Namespaces:
    """Listens to the store and acts in the next turn of the loop, so a handler never changes what it just wrote."""

    def __init__(self, cluster: Cluster, loop: asyncio.AbstractEventLoop) -> None:
        self._cluster, self._store, self._loop = cluster, cluster.store, loop
        self._due: set[str] = set()
        self._store.listen(self._changed)
        for stored in self._store.items(kind_named("Namespace")):
            self._mark(stored.name)

    def _changed(self, change: Change) -> None:
        last = change.last
        if last.kind.name == "Namespace":
            self._mark(last.name)
        elif last.namespace and (change.after is None or self._is_going(last.namespace)):
            self._mark(last.namespace)

    def _is_going(self, name: str) -> bool:
        stored = self._store.get(kind_named("Namespace"), "", name)
        return stored is not None and "deletionTimestamp" in stored.value["metadata"]

    def _mark(self, name: str) -> None:
        if not self._due:
            self._loop.call_soon(self._run)
        self._due.add(name)

    def _run(self) -> None:
        due, self._due = self._due, set()
        for name in due:
            stored = self._store.get(kind_named("Namespace"), "", name)
            if stored is None:
                continue
            if "deletionTimestamp" in stored.value["metadata"]:
                self._empty(stored)
            else:
                self._furnish(name)

    def _furnish(self, name: str) -> None:
        if not self._store.get(kind_named("ServiceAccount"), name, "default"):
            self._store.put(kind_named("ServiceAccount"), {"metadata": _metadata(name, "default")})
        if not self._store.get(kind_named("ConfigMap"), name, CA_NAME):
            metadata = _metadata(name, CA_NAME) | {"annotations": {"kubernetes.io/description": CA_NOTE}}
            self._store.put(kind_named("ConfigMap"), {"metadata": metadata, "data": {"ca.crt": self._cluster.ca_pem}})

    def _empty(self, namespace: Stored) -> None:
        for stored in self._content(namespace.name):
            if "deletionTimestamp" not in stored.value["metadata"]:
                remove(self._cluster, stored)
        value = clone(namespace.value)
        left = self._content(namespace.name)
        value.setdefault("status", {})["conditions"] = _conditions(left, value["status"].get("conditions") or [])
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
        return [stored for kind in CONTENT for stored in self._store.items(kind, name)]


def _metadata(namespace: str, name: str) -> dict[str, Any]:
    return {"name": name, "namespace": namespace, "uid": str(uuid.uuid4()), "creationTimestamp": timestamp()}


def _conditions(left: list[Stored], before: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The five conditions that tell what a removal waits for."""
    counts: dict[str, int] = {}
    finalizers: dict[str, int] = {}
    for stored in left:
        counts[stored.kind.resource] = counts.get(stored.kind.resource, 0) + 1
        for each in stored.value["metadata"].get("finalizers") or []:
            finalizers[each] = finalizers.get(each, 0) + 1
    resources = ", ".join(f"{name}. has {count} resource instances" for name, count in sorted(counts.items()))
    waiting = ", ".join(f"{name} in {count} resource instances" for name, count in sorted(finalizers.items()))
    done, held = "All content successfully removed", "All content-preserving finalizers finished"
    wanted = [
        ("NamespaceDeletionDiscoveryFailure", "False", "ResourcesDiscovered", "All resources successfully discovered"),
        ("NamespaceDeletionGroupVersionParsingFailure", "False", "ParsedGroupVersions", "All legacy kube types successfully parsed"),
        ("NamespaceDeletionContentFailure", "False", "ContentDeleted", "All content successfully deleted, may be waiting on finalization"),
        ("NamespaceContentRemaining", "True", "SomeResourcesRemain", f"Some resources are remaining: {resources}")
        if left
        else ("NamespaceContentRemaining", "False", "ContentRemoved", done),
        (
            "NamespaceFinalizersRemaining",
            "True",
            "SomeFinalizersRemain",
            f"Some content in the namespace has finalizers remaining: {waiting}",
        )
        if waiting
        else ("NamespaceFinalizersRemaining", "False", "ContentHasNoFinalizers", held),
    ]
    since = {each["type"]: each for each in before}
    return [_condition(*each, since.get(each[0])) for each in wanted]


def _condition(name: str, status: str, reason: str, message: str, before: dict[str, Any] | None) -> dict[str, Any]:
    same = before is not None and before["status"] == status
    at = before["lastTransitionTime"] if before is not None and same else timestamp()
    return {"type": name, "status": status, "lastTransitionTime": at, "reason": reason, "message": message}
