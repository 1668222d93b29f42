"""What a live object of a closed kind has beyond the wanted one, as the JSON patch that takes it away."""

from typing import Any

from kube.defaults import filled
from kube.quantities import equal

Op = dict[str, Any]
_FRAME = frozenset({"apiVersion", "kind", "metadata", "status"})


def extras(wanted: dict[str, Any], live: dict[str, Any]) -> list[Op]:
    """The JSON-patch operations that remove keys and list items which the manifest does not have. Documented defaults are not extra."""
    full = filled(wanted)
    return _in_map(_body(full), _body(live), "")


def _body(thing: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in thing.items() if key not in _FRAME}


def _in_map(wanted: dict[str, Any], live: dict[str, Any], path: str) -> list[Op]:
    ops: list[Op] = []
    for key, value in live.items():
        at = f"{path}/{key.replace('~', '~0').replace('/', '~1')}"
        expected = wanted.get(key)
        if _nothing(value) or _alike(expected, value):
            continue
        # An empty map that nobody asked for is extra: in a selector it means everything.
        ops.extend([{"op": "remove", "path": at}] if _nothing(expected) else _inside(expected, value, at))
    return ops


def _inside(expected: Any, value: Any, at: str) -> list[Op]:
    if isinstance(expected, dict) and isinstance(value, dict):
        return _in_map(expected, value, at)
    if isinstance(expected, list) and isinstance(value, list):
        return _in_list(expected, value, at)
    return []


def _in_list(wanted: list[Any], live: list[Any], path: str) -> list[Op]:
    pairs, surplus = _pair(wanted, live)
    ops = [op for index, expected in pairs for op in _inside(expected, live[index], f"{path}/{index}")]
    # From the end, so that each removal leaves the positions before it as they are.
    return ops + [{"op": "remove", "path": f"{path}/{index}"} for index in sorted(surplus, reverse=True)]


def _pair(wanted: list[Any], live: list[Any]) -> tuple[list[tuple[int, Any]], list[int]]:
    """(position in live, wanted item) for what belongs together, and the positions in live that nothing wants."""
    if len(wanted) == len(live):
        return list(enumerate(wanted)), []
    left, unmatched = list(wanted), []
    for index, item in enumerate(live):
        found = next((place for place, expected in enumerate(left) if _alike(expected, item)), None)
        if found is None:
            unmatched.append(index)
        else:
            left.pop(found)
    return list(zip(unmatched, left, strict=False)), unmatched[len(left) :]


def _alike(one: Any, other: Any) -> bool:
    if isinstance(one, dict) and isinstance(other, dict):
        keys = {key for part in (one, other) for key, value in part.items() if not _nothing(value)}
        return all(key in one and key in other and _alike(one[key], other[key]) for key in keys)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_alike, one, other))
    return (type(one) is type(other) and one == other) or (_scalars(one, other) and equal(one, other))


def _scalars(one: Any, other: Any) -> bool:
    return isinstance(one, str | int | float) and isinstance(other, str | int | float)


def _nothing(value: Any) -> bool:
    return value is None or value == []
