"""The store: every object in memory, every write in the journal first, then in the history that watches read."""

from collections.abc import Callable, Iterator
from typing import Any

import orjson

from sandbox.kinds.served import Served
from sandbox.kinds.table import Kind
from sandbox.storage.encoding import encode
from sandbox.storage.history import Change, History
from sandbox.storage.journal import Journal
from sandbox.storage.stored import Stored

# As etcd has it by default, in bytes.
LARGEST = 3 * 512 * 1024
COMPACT_FACTOR = 4
COMPACT_MINIMUM = 2_000
HISTORY = 20_000
Record = dict[str, Any]
Listener = Callable[[Change], None]


class TooLarge(ValueError):
    """More than etcd takes in one request."""


class Store:
    """Single-threaded by design: a write is one call without an await, so no two writes interleave."""

    def __init__(self, journal: Journal, kinds: Served, *, history_size: int = HISTORY) -> None:
        self._journal, self.kinds, self._history_size = journal, kinds, history_size
        self._objects: dict[str, dict[str, dict[str, Stored]]] = {}
        self._history: dict[str, History] = {}
        # Records of custom kinds whose definition was not read yet, by key.
        self._parked: dict[str, list[Record]] = {}
        self._listeners: list[Listener] = []
        self.version = 0
        self._load()
        for kind in kinds.stored():
            self.adopt(kind)

    def listen(self, listener: Listener) -> None:
        """Call `listener` with every change from now on."""
        self._listeners.append(listener)

    def adopt(self, kind: Kind) -> None:
        """Hold objects of a kind; what the journal held of it is there at once."""
        if kind.key not in self._history:
            self._objects[kind.key] = {}
            self._history[kind.key] = History(self.version, self._history_size)
        for record in self._parked.pop(kind.key, []):
            stored = Stored.read(kind, record["s"], record["n"], record["o"], record["v"])
            self._objects[kind.key].setdefault(record["s"], {})[record["n"]] = stored

    def get(self, kind: Kind, namespace: str, name: str) -> Stored | None:
        """The current version, or None."""
        found = self._objects[kind.key].get(namespace, {}).get(name)
        return found if found is None else found.shown_as(kind)

    def items(self, kind: Kind, namespace: str | None = None) -> Iterator[Stored]:
        """Objects of a kind in the order of their namespaces and names; `namespace` None means all."""
        spaces = self._objects[kind.key]
        for space in [namespace] if namespace is not None else sorted(spaces):
            found = spaces.get(space, {})
            yield from [found[name].shown_as(kind) for name in sorted(found)]

    def items_at(self, kind: Kind, version: int, namespace: str | None = None) -> list[Stored] | None:
        """The same as they were at an older version, or None when the history no longer reaches back so far."""
        history = self.history(kind)
        position = history.position_after(version)
        changes = None if position is None else history.read(position)
        if changes is None:
            return None
        found = {(each.namespace, each.name): each for each in self.items(kind, namespace)}
        for change in reversed(changes):
            key = change.last.namespace, change.last.name
            if change.before is None:
                found.pop(key, None)
            elif namespace in (None, key[0]):
                found[key] = change.before.shown_as(kind)
        return [found[key] for key in sorted(found)]

    def count(self, kind: Kind, namespace: str) -> int:
        """How many objects of a kind a namespace holds."""
        return len(self._objects[kind.key].get(namespace, {}))

    def history(self, kind: Kind) -> History:
        """The changes of a kind."""
        return self._history[kind.key]

    def put(self, kind: Kind, value: dict[str, Any]) -> Stored:
        """Create or replace an object; its resourceVersion is set here. `value` belongs to the store from now on. Raises TooLarge."""
        value["metadata"]["resourceVersion"] = str(self.version + 1)
        stored = Stored(kind, value, self.version + 1)
        if len(stored.bare) > LARGEST:
            raise TooLarge(f"{kind.resource} {stored.name}: {len(stored.bare)} bytes")
        self.version += 1
        before = self.get(kind, stored.namespace, stored.name)
        self._journal.append(_line(_record(stored)))
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
        lines, live = 0, dict[tuple[str, str, str], Record]()
        for record in self._journal.read():
            lines += 1
            self.version = record["v"]
            if "o" in record:
                record["o"] = encode(record["o"])
                live[record["k"], record["s"], record["n"]] = record
            elif "k" in record:
                live.pop((record["k"], record["s"], record["n"]), None)
        for record in live.values():
            self._parked.setdefault(record["k"], []).append(record)
        if lines > COMPACT_MINIMUM and lines > COMPACT_FACTOR * len(live):
            ordered = sorted(live.values(), key=lambda record: record["v"])
            self._journal.rewrite([*map(_line, ordered), encode({"v": self.version})])


def _record(stored: Stored) -> Record:
    return {"v": stored.version, "k": stored.kind.key, "s": stored.namespace, "n": stored.name, "o": stored.bare}


def _line(record: Record) -> bytes:
    """A record whose object is encoded already."""
    return encode({**record, "o": orjson.Fragment(record["o"])})
