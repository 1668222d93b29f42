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
    return result


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
        return [*clone(target), *[clone(item) for item in patch if item not in target]]
    if any(isinstance(item, dict) and item.get("$patch") == "replace" for item in patch):
        return [clone(item) for item in patch if item.get("$patch") != "replace"]
    result: list[Any] = clone(target)
    for item in patch:
        if not isinstance(item, dict) or kind.merge_key not in item:
            raise StrategicPatchError(f"map: {item} does not contain declared merge key: {kind.merge_key}")
        result = _merge_item(result, item, kind)
    return result


def _merge_item(result: list[Any], item: dict[str, Any], kind: ListOf) -> list[Any]:
    key = kind.merge_key
    position = next((index for index, each in enumerate(result) if each.get(key) == item[key]), None)
    if item.get("$patch") == "delete":
        return [each for each in result if each.get(key) != item[key]]
    if position is None:
        return [*result, _merge({}, item, kind.item)]
    result[position] = _merge(result[position], item, kind.item)
    return result
