"""Merges an applied configuration into a live object, and takes out what its manager gave up."""

from typing import Any

from sandbox.ownership.compare import children
from sandbox.ownership.paths import Path, PathSet, child_type, is_atomic, item_key, with_named_parents
from sandbox.schema.decode import clone
from sandbox.schema.types import ListOf, Struct, Type


def merge(live: Any, config: Any, kind: Type) -> Any:
    """`live` with everything that `config` sets; shares nothing with either."""
    if live is None or config is None or is_atomic(kind):
        return clone(config)
    if isinstance(kind, ListOf):
        return _merge_list(live, config, kind)
    merged = {key: clone(value) for key, value in live.items() if key not in config}
    for key, value in config.items():
        merged[key] = merge(live.get(key), value, child_type(kind, key))
    return merged


def _merge_list(live: list[Any], config: list[Any], kind: ListOf) -> list[Any]:
    wanted = {item_key(item, kind): item for item in config}
    merged = []
    for item in live:
        key = item_key(item, kind)
        merged.append(merge(item, wanted.pop(key), kind.item) if key in wanted else clone(item))
    return [*merged, *[clone(item) for item in wanted.values()]]


def prune(merged: dict[str, Any], kind: Type, given_up: PathSet, kept: PathSet) -> dict[str, Any]:
    """Remove what the manager owned before (`given_up`) and nobody owns now; what others own stays, parents included."""
    protected = with_named_parents(kept)
    removable = {path for path in with_named_parents(given_up) if path not in protected}
    return _without(merged, kind, (), removable) if removable else merged


def _without(value: Any, kind: Type, path: Path, removable: PathSet) -> Any:
    if is_atomic(kind) or not value:
        return value
    kept = {}
    for element, (item, item_kind) in children(value, kind).items():
        where = (*path, element)
        if where not in removable or _is_section(where, item_kind):
            kept[element] = _without(item, item_kind, where, removable)
    if isinstance(kind, ListOf):
        return list(kept.values())
    return {element.removeprefix("f:"): item for element, item in kept.items()}


def _is_section(path: Path, kind: Type) -> bool:
    """Whether this is metadata, spec or status: emptied, never taken out."""
    return len(path) == 1 and isinstance(kind, Struct) and not kind.atomic
