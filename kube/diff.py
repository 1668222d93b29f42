"""Two states of an object as lines of YAML with marks, in the part of it that people write."""

import difflib
from typing import Any

import yaml

from kube.kinds import CLAIM

_SERVER_METADATA = (
    "managedFields",
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "selfLink",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
)
_FIRST = ("apiVersion", "kind", "metadata")


def written_part(thing: dict[str, Any]) -> dict[str, Any]:
    """The object without its status, without what the server adds to its metadata and without our claim, which says nothing to a reader."""
    metadata = {key: value for key, value in thing.get("metadata", {}).items() if key not in _SERVER_METADATA}
    annotations = {key: value for key, value in (metadata.pop("annotations", None) or {}).items() if key != CLAIM}
    metadata.update({"annotations": annotations} if annotations else {})
    rest = {key: value for key, value in thing.items() if key not in _FIRST and key != "status"}
    return {"apiVersion": thing.get("apiVersion"), "kind": thing.get("kind"), "metadata": metadata, **rest}


def lines_of(thing: dict[str, Any] | None) -> list[str]:
    """The written part as YAML lines with sorted keys below the first level; none for None."""
    if thing is None:
        return []
    part = written_part(thing)
    ordered = {key: _sorted(value) for key, value in part.items()}
    return yaml.safe_dump(ordered, sort_keys=False, allow_unicode=True, width=1000, default_flow_style=False).splitlines()


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, list) else value


def marked_lines(before: dict[str, Any] | None, after: dict[str, Any] | None) -> list[list[str]]:
    """Pairs of mark (" ", "+", "-") and line, the whole object."""
    return mark(lines_of(before), lines_of(after))


def mark(old: list[str], new: list[str]) -> list[list[str]]:
    """The lines of both, each with its mark."""
    found: list[list[str]] = []
    for tag, start, end, new_start, new_end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found.extend([" ", line] for line in old[start:end])
        else:
            found.extend(["-", line] for line in old[start:end])
            found.extend(["+", line] for line in new[new_start:new_end])
    return found
