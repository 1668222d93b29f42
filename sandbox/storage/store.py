"""The store: every object in memory, every write in the journal first, then in the history that watches read."""

from collections.abc import Callable, Iterator
from typing import Any

from sandbox.kinds.table import BY_KEY, KINDS, Kind
from sandbox.storage.history import Change, History
from sandbox.storage.journal import Journal
from sandbox.storage.stored import Stored, encode

COMPACT_FACTOR = 4
COMPACT_MINIMUM = 2_000
Listener = Callable[[Change], None]


class Store:
    """Single-threaded by design: a write is one call without an await, so no two writes interleave."""

    def __init__(self, journal: Journal, *, history_size: int = 20_000) -> None:
        self._journal = journal
        self._objects: dict[str, dict[str, dict[str, Stored]]] = {kind.key: {} for kind in KINDS}
        self._listeners: list[Listener] = []
        self.version = 0
        self._load()
        self._history = {kind.key: History(self.version, history_size) for kind in KINDS}

    def listen(self, listener: Listener) -> None:
        """Call `listener` with every change from now on."""
        self._listeners.append(listener)

    def get(self, kind: Kind, namespace: str, name: str) -> Stored | None:
        """The current version, or None."""
        return self._objects[kind.key].get(namespace, {}).get(name)

    def items(self, kind: Kind, namespace: str | None = None) -> Iterator[Stored]:
        """Objects of a kind in the order of their namespaces and names; `namespace` None means all."""
        spaces = self._objects[kind.key]
        for space in [namespace] if namespace is not None else sorted(spaces):
            found = spaces.get(space, {})
            yield from [found[name] for name in sorted(found)]

    def count(self, kind: Kind, namespace: str) -> int:
        """How many objects of a kind a namespace holds."""
        return len(self._objects[kind.key].get(namespace, {}))

    def history(self, kind: Kind) -> History:
        """The changes of a kind."""
        return self._history[kind.key]

    def put(self, kind: Kind, value: dict[str, Any]) -> Stored:
        """Create or replace an object; its resourceVersion is set here. `value` belongs to the store from now on."""
        self.version += 1
        value["metadata"]["resourceVersion"] = str(self.version)
        stored = Stored(kind, value, self.version)
        before = self.get(kind, stored.namespace, stored.name)
        self._journal.append(_record(stored))
        self._objects[kind.key].setdefault(stored.namespace, {})[stored.name] = stored
        self._publish(Change(self.version, before, stored, stored))
        return stored

    def remove(self, stored: Stored) -> Stored:
        """Remove an object and return its last state, which carries the version of the removal."""
        self.version += 1
        metadata = {**stored.value["metadata"], "resourceVersion": str(self.version)}
        last = Stored(stored.kind, {**stored.value, "metadata": metadata}, self.version)
        key, space, name = stored.kind.key, stored.namespace, stored.name
        self._journal.append(encode({"v": self.version, "k": key, "s": space, "n": name}))
        del self._objects[key][space][name]
        if not self._objects[key][space]:
            del self._objects[key][space]
        self._publish(Change(self.version, stored, None, last))
        return last

    def compact(self) -> None:
        """Forget the history: a watch from an older version gets 410, as after a compaction of etcd."""
        for history in self._history.values():
            history.forget(self.version)

    def close(self) -> None:
        """Close the journal and let the watches end."""
        self._journal.close()
        for history in self._history.values():
            history.wake()

    def _publish(self, change: Change) -> None:
        self._history[change.last.kind.key].add(change)
        for listener in self._listeners:
            listener(change)

    def _load(self) -> None:
        lines = 0
        for record in self._journal.read():
            lines += 1
            self._replay(record)
        live = sum(len(space) for spaces in self._objects.values() for space in spaces.values())
        if lines > COMPACT_MINIMUM and lines > COMPACT_FACTOR * live:
            self._rewrite()

    def _replay(self, record: dict[str, Any]) -> None:
        self.version = record["v"]
        if "k" not in record or record["k"] not in BY_KEY:
            return
        space = self._objects[record["k"]].setdefault(record["s"], {})
        if "o" in record:
            space[record["n"]] = Stored(BY_KEY[record["k"]], record["o"], self.version)
        else:
            space.pop(record["n"], None)

    def _rewrite(self) -> None:
        every = [each for spaces in self._objects.values() for space in spaces.values() for each in space.values()]
        every.sort(key=lambda each: each.version)
        self._journal.rewrite([*map(_record, every), encode({"v": self.version})])


def _record(stored: Stored) -> bytes:
    head = encode({"v": stored.version, "k": stored.kind.key, "s": stored.namespace, "n": stored.name})
    return head[:-1] + b',"o":' + stored.bare + b"}"
