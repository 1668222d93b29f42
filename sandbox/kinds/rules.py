"""What a kind may bring of its own: defaults, checks, immutable fields. The registry maps kinds to these."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.kinds.errors import Cause, bad_value
from sandbox.kinds.names import Check, is_subdomain

Object = dict[str, Any]


def nothing(value: Object) -> None:
    """No defaults."""


def no_causes(value: Object) -> list[Cause]:
    """Always valid."""
    return []


def no_update_causes(new: Object, old: Object) -> list[Cause]:
    """Everything may change."""
    return []


@dataclass(frozen=True)
class Rules:
    """`default` changes the object in place, the checks return what is wrong with it."""

    default: Callable[[Object], None] = nothing
    validate: Callable[[Object], list[Cause]] = no_causes
    validate_update: Callable[[Object, Object], list[Cause]] = no_update_causes
    check_name: Check = is_subdomain
    # What is filled in at birth, when the object has its uid.
    prepare: Callable[[Object], None] = nothing
    # What a created object's status starts with; None: with nothing.
    initial_status: Callable[[Object], Object | None] = lambda value: {}
    # Whether a created object may bring its status.
    brings_status: bool = False
    # Whether an update tells of what may not change before what is wrong in itself.
    looks_at_changes_first: bool = False
    # What is wrong after a write of the status alone.
    validate_status: Callable[[Object], list[Cause]] = no_causes


def immutable(new: Object, old: Object, *path: str) -> list[Cause]:
    """One cause if the value at `path` changed."""
    before, after = _at(old, path), _at(new, path)
    return [] if before == after else [bad_value(".".join(path), _shown(after), "field is immutable")]


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        value = (value or {}).get(key)
    return value


def _shown(value: Any) -> Any:
    if isinstance(value, dict):
        inner = ", ".join(
            f'{key[:1].upper()}{key[1:]}:"{item}"' if isinstance(item, str) else f"{key}:{_plain(item)}" for key, item in value.items()
        )
        return _Go(f"{{{inner}}}")
    return _Go("null") if value is None else value


def _plain(item: Any) -> Any:
    return json.dumps(item, separators=(",", ":"), ensure_ascii=False) if isinstance(item, dict | list) else item


class _Go:
    """A value shown as it is."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __str__(self) -> str:
        return self._text
