"""Strategic merge patch: maps merge, lists with a merge key merge by it, `$patch` and `$deleteFromPrimitiveList` steer."""

from typing import Any

from sandbox.ownership.paths import child_type
from sandbox.schema.decode import clone
from sandbox.schema.types import ListOf, Struct, Type

DELETE_PREFIX, ORDER_PREFIX = "$deleteFromPrimitiveList/", "$setElementOrder/"


class StrategicPatchError(ValueError):
    """The patch does not fit the type."""


def strategic_patch(target: dict[str, Any], patch: dict[str, Any], kind: Struct) -> dict[str, Any]:
    """The patched object; shares nothing with either input."""
    patched: dict[str, Any] = _merge(target, patch, kind)
    return patched


def _merge(target: Any, patch: Any, kind: Type) -> Any:
    if isinstance(patch, dict) and not isinstance(kind, ListOf):
        return _merge_map(target if isinstance(target, dict) else {}, patch, kind)
    if isinstance(patch, list) and isinstance(kind, ListOf) and kind.merges:
        return _merge_list(target or [], patch, kind)
    return clone(patch)


def _merge_map(target: dict[str, Any], patch: dict[str, Any], kind: Type) -> dict[str, Any]:
    directive = patch.get("$patch")
    if directive == "replace":
        return {key: clone(value) for key, value in patch.items() if key != "$patch"}
    if directive == "delete":
        return {}
    result: dict[str, Any] = clone(target)
    if "$retainKeys" in patch:
        result = {key: value for key, value in result.items() if key in patch["$retainKeys"]}
    for key, value in patch.items():
        _merge_key(result, key, value, kind)
    for key, order in patch.items():
        name = key.removeprefix(ORDER_PREFIX)
        if name != key and isinstance(result.get(name), list):
            result[name] = _ordered(result[name], target.get(name) or [], order, child_type(kind, name))
    return result


def _ordered(items: list[Any], before: list[Any], order: list[Any], kind: Type) -> list[Any]:
    """The items that `order` names in that order; the others stay in front of those that they preceded."""
    key = kind.merge_key if isinstance(kind, ListOf) else ""
    places = [_identity(each, key) for each in order]
    old = [_identity(each, key) for each in before]
    named = sorted((each for each in items if _identity(each, key) in places), key=lambda each: places.index(_identity(each, key)))
    others = [each for each in items if _identity(each, key) not in places]
    result: list[Any] = []
    while others and named:
        first, second = _identity(others[0], key), _identity(named[0], key)
        precedes = first in old and second in old and old.index(first) < old.index(second)
        result.append(others.pop(0) if precedes else named.pop(0))
    return [*result, *others, *named]


def _identity(item: Any, key: str) -> Any:
    return item.get(key) if key and isinstance(item, dict) else item


def _merge_key(result: dict[str, Any], key: str, value: Any, kind: Type) -> None:
    if key.startswith(DELETE_PREFIX):
        name = key.removeprefix(DELETE_PREFIX)
        result[name] = [item for item in result.get(name) or [] if item not in value]
    elif key in ("$patch", "$retainKeys") or key.startswith(ORDER_PREFIX):
        return
    elif value is None:
        result.pop(key, None)
    else:
        result[key] = _merge(result.get(key), value, child_type(kind, key))


def _merge_list(target: list[Any], patch: list[Any], kind: ListOf) -> list[Any]:
    if not kind.merge_key:
        return _ordered([*clone(target), *[clone(item) for item in patch if item not in target]], target, patch, kind)
    if any(isinstance(item, dict) and item.get("$patch") == "replace" for item in patch):
        return [clone(item) for item in patch if item.get("$patch") != "replace"]
    if not target and not any(isinstance(item, dict) and "$patch" in item for item in patch):
        # There is nothing to merge with, and so not even the items of the patch with each other.
        return [_merge({}, item, kind.item) for item in patch]
    result: list[Any] = clone(target)
    for item in patch:
        if not isinstance(item, dict) or kind.merge_key not in item:
            raise StrategicPatchError(f"map: {shown_by_go(item)} does not contain declared merge key: {kind.merge_key}")
        result = _merge_item(result, item, kind)
    return _ordered(result, target, patch, kind)


def shown_by_go(value: Any) -> str:
    """A value as Go's %v prints it."""
    if isinstance(value, dict):
        return "map[" + " ".join(f"{key}:{shown_by_go(item)}" for key, item in sorted(value.items())) + "]"
    if isinstance(value, list):
        return "[" + " ".join(map(shown_by_go, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return "<nil>" if value is None else str(value)


def _merge_item(result: list[Any], item: dict[str, Any], kind: ListOf) -> list[Any]:
    key = kind.merge_key
    position = next((index for index, each in enumerate(result) if each.get(key) == item[key]), None)
    if item.get("$patch") == "delete":
        return [each for each in result if each.get(key) != item[key]]
    if position is None:
        return [*result, _merge({}, item, kind.item)]
    result[position] = _merge(result[position], item, kind.item)
    return result
