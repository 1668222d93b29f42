"""Compares two versions of an object field by field."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.ownership.paths import Path, PathSet, child_type, is_atomic, item_key
from sandbox.schema.types import ListOf, Struct, Type


@dataclass
class Comparison:
    """Paths that appeared, changed and vanished."""

    added: PathSet = field(default_factory=set)
    modified: PathSet = field(default_factory=set)
    removed: PathSet = field(default_factory=set)


def compare(before: Any, after: Any, kind: Type) -> Comparison:
    """What changed from `before` to `after`, both of type `kind`."""
    result = Comparison()
    _walk(before, after, kind, (), result)
    return result


def _walk(before: Any, after: Any, kind: Type, path: Path, result: Comparison) -> None:
    if before == after:
        return
    if is_atomic(kind):
        result.modified.add(path)
        return
    old, new = children(before, kind), children(after, kind)
    for element in old.keys() - new.keys():
        _collect(old[element][0], old[element][1], (*path, element), result.removed)
    for element, (item, item_kind) in new.items():
        where = (*path, element)
        if element in old:
            _walk(old[element][0], item, item_kind, where, result)
        else:
            _collect(item, item_kind, where, result.added)


def children(value: Any, kind: Type) -> dict[str, tuple[Any, Type]]:
    """The parts of a map, a struct, a map-list or a set by their path elements."""
    if not value:
        return {}
    if isinstance(kind, ListOf):
        return {item_key(item, kind): (item, kind.item) for item in value}
    return {f"f:{key}": (item, child_type(kind, key)) for key, item in value.items()}


def _collect(value: Any, kind: Type, path: Path, into: PathSet) -> None:
    """Add every path of a part that is new or gone; a struct at the top (spec, metadata) is no member itself."""
    if is_atomic(kind) or not value or not (isinstance(kind, Struct) and len(path) == 1):
        into.add(path)
    if is_atomic(kind) or (isinstance(kind, ListOf) and kind.is_set and not value):
        return
    for element, (item, item_kind) in children(value, kind).items():
        _collect(item, item_kind, (*path, element), into)
