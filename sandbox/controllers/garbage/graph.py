"""Who owns whom: every object that the informers show, by uid, and the dependents of every owner."""

from collections.abc import Iterable
from dataclasses import dataclass

from sandbox.client.calls import Object
from sandbox.client.discovery import Resource

ORPHAN, FOREGROUND = "orphan", "foregroundDeletion"


@dataclass(frozen=True)
class Node:
    """One object as last seen, and where it is served."""

    resource: Resource
    item: Object

    @property
    def uid(self) -> str:
        """metadata.uid."""
        return str(self.item["metadata"]["uid"])

    @property
    def namespace(self) -> str:
        """metadata.namespace, empty for a cluster-scoped object."""
        return str(self.item["metadata"].get("namespace", ""))

    @property
    def path(self) -> str:
        """The path of the object itself."""
        return f"{self.resource.path(self.namespace)}/{self.item['metadata']['name']}"

    @property
    def owners(self) -> list[Object]:
        """Its owner references."""
        return self.item["metadata"].get("ownerReferences") or []

    @property
    def finalizers(self) -> list[str]:
        """What holds it."""
        return self.item["metadata"].get("finalizers") or []

    @property
    def is_going(self) -> bool:
        """Whether it is being deleted."""
        return "deletionTimestamp" in self.item["metadata"]

    @property
    def waits_for_dependents(self) -> bool:
        """Whether it is being deleted in the foreground."""
        return self.is_going and FOREGROUND in self.finalizers

    @property
    def orphans_dependents(self) -> bool:
        """Whether it is being deleted, and leaves its dependents behind."""
        return self.is_going and ORPHAN in self.finalizers


class Graph:
    """Kept by the events of informers."""

    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}
        self._dependents: dict[str, set[str]] = {}

    def put(self, node: Node) -> bool:
        """Take an object in; whether anything changed by which the collector goes."""
        before = self.nodes.get(node.uid)
        self._unlink(before)
        self.nodes[node.uid] = node
        for owner in node.owners:
            self._dependents.setdefault(owner["uid"], set()).add(node.uid)
        return before is None or _essence(before) != _essence(node)

    def drop(self, uid: str) -> None:
        """Forget an object."""
        self._unlink(self.nodes.pop(uid, None))

    def dependents(self, uid: str) -> list[Node]:
        """The objects that name this uid as an owner."""
        return [self.nodes[each] for each in self._dependents.get(uid, ()) if each in self.nodes]

    def _unlink(self, node: Node | None) -> None:
        for owner in node.owners if node else []:
            linked = self._dependents.get(owner["uid"])
            if node and linked is not None:
                linked.discard(node.uid)
                if not linked:
                    del self._dependents[owner["uid"]]


def without(references: Iterable[Object], uids: set[str]) -> list[Object]:
    """Owner references but those to these uids."""
    return [each for each in references if each["uid"] not in uids]


def _essence(node: Node) -> tuple[list[Object], list[str], bool]:
    return node.owners, node.finalizers, node.is_going
