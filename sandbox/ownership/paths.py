"""Sets of field paths, as managedFields holds them: a path is a tuple of `f:name`, `k:{keys}` and `v:value` elements."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from sandbox.schema.types import KEY_DEFAULTS, Anything, ListOf, MapOf, Scalar, Struct, Type

Path = tuple[str, ...]
PathSet = set[Path]


def parse_fields(fields: dict[str, Any], prefix: Path = ()) -> PathSet:
    """Read a fieldsV1 object."""
    found: PathSet = set()
    for key, inner in fields.items():
        if key == ".":
            found.add(prefix)
        elif inner:
            found |= parse_fields(inner, (*prefix, key))
        else:
            found.add((*prefix, key))
    return found


def write_fields(paths: PathSet) -> dict[str, Any]:
    """Write a set as a fieldsV1 object."""
    root: dict[str, Any] = {}
    for path in sorted(paths, key=len):
        node = root
        for depth, element in enumerate(path):
            if element not in node:
                node[element] = {}
            elif not node[element] and path[: depth + 1] in paths and depth + 1 < len(path):
                node[element]["."] = {}
            node = node[element]
    return root


def item_key(item: Any, kind: ListOf) -> str:
    """The path element of one item of a map-list or a set."""
    if kind.keys:
        keys = {key: item.get(key, KEY_DEFAULTS.get(key)) for key in sorted(kind.keys)}
        return "k:" + _compact({key: value for key, value in keys.items() if value is not None})
    return "v:" + _compact(item)


def is_atomic(kind: Type) -> bool:
    """Whether a value of this type is owned as one."""
    if isinstance(kind, ListOf):
        return not kind.keys and not kind.is_set
    return isinstance(kind, Scalar | Anything) or (isinstance(kind, Struct) and kind.atomic)


def child_type(kind: Type, key: str) -> Type:
    """The type of a field of a struct or a map; unknown fields are opaque."""
    if isinstance(kind, Struct):
        return kind.fields.get(key, Anything())
    return kind.value if isinstance(kind, MapOf) else Anything()


def paths_of(value: Any, kind: Type, prefix: Path = ()) -> PathSet:
    """The set of fields that `value` sets: its leaves, and the items of its map-lists."""
    if is_atomic(kind) or value is None or not value:
        return {prefix}
    found: PathSet = set()
    if isinstance(kind, ListOf):
        for item in value:
            path = (*prefix, item_key(item, kind))
            found.add(path)
            if kind.keys:
                found |= paths_of(item, kind.item, path)
        return found
    for key, item in value.items():
        found |= paths_of(item, child_type(kind, key), (*prefix, f"f:{key}"))
    return found


def duplicates(value: Any, kind: Type, prefix: Path = ()) -> Iterator[tuple[Path, str]]:
    """Map-lists and sets in which an item is twice, with the path element of that item: who owns which of them could not be said."""
    if is_atomic(kind) or not value:
        return
    if isinstance(kind, ListOf):
        elements = [item_key(item, kind) for item in value]
        yield from ((prefix, each) for index, each in enumerate(elements) if each in elements[:index])
        for element, item in zip(elements, value if kind.keys else (), strict=bool(kind.keys)):
            yield from duplicates(item, kind.item, (*prefix, element))
        return
    for key, item in value.items():
        yield from duplicates(item, child_type(kind, key), (*prefix, f"f:{key}"))


def readable(path: Path) -> str:
    """A path as conflict messages write it: `.spec.containers[name="a"].image`."""
    return "".join(_readable_element(element) for element in path)


def with_named_parents(paths: Iterable[Path]) -> PathSet:
    """The set and every prefix of its paths that is a named field: what a removal of them would empty.

    An item of a list stands and goes with who owns the item itself, not with who owns a field in it.
    """
    found = set(paths)
    return found | {path[:length] for path in found for length in range(1, len(path)) if path[length - 1].startswith("f:")}


def _readable_element(element: str) -> str:
    tag, _, text = element.partition(":")
    if tag == "f":
        return f".{text}"
    if tag == "k":
        return "[" + ",".join(f"{key}={_compact(value)}" for key, value in sorted(json.loads(text).items())) + "]"
    return f"[={text}]"


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, sort_keys=True)
