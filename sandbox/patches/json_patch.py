"""JSON patch (RFC 6902)."""

import json
from typing import Any

from sandbox.schema.decode import clone

OPERATIONS = frozenset({"add", "remove", "replace", "move", "copy", "test"})


class PatchRefused(ValueError):
    """An operation does not fit the document; a failed `test` is one of these."""


class PatchMalformed(ValueError):
    """The document is no JSON patch."""


def json_patch(target: Any, operations: Any) -> Any:
    """Apply every operation to a copy of `target`; all or nothing."""
    if not isinstance(operations, list) or not all(isinstance(each, dict) for each in operations):
        raise PatchMalformed("json: cannot unmarshal object into Go value of type jsonpatch.Patch")
    document = clone(target)
    for operation in operations:
        document = _apply(document, operation)
    return document


def _apply(document: Any, operation: dict[str, Any]) -> Any:
    name, path = operation.get("op"), operation.get("path")
    if name not in OPERATIONS or not isinstance(path, str):
        raise PatchRefused(f"Unexpected kind: {name}")
    if name == "test":
        if not _equal(_get(document, path, missing_is_none=True), operation.get("value")):
            raise PatchRefused(f"testing value {path} failed: test failed")
        return document
    if name in ("move", "copy"):
        value = clone(_get(document, operation.get("from", "")))
        document = _remove(document, operation["from"]) if name == "move" else document
        return _add(document, path, value)
    if name == "remove":
        return _remove(document, path)
    if name == "replace":
        document = _removed_for_replacement(document, path)
    return _add(document, path, clone(operation.get("value")))


def _equal(left: Any, right: Any) -> bool:
    """As JSON: true is not 1."""
    return json.dumps(left, sort_keys=True) == json.dumps(right, sort_keys=True)


def _parts(path: str) -> list[str]:
    if path and not path.startswith("/"):
        raise PatchRefused(f"the path {path} does not start with /")
    return [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:]]


def _step(node: Any, part: str, path: str) -> Any:
    if isinstance(node, dict) and part in node:
        return node[part]
    if isinstance(node, list) and part.isdigit() and int(part) < len(node):
        return node[int(part)]
    raise PatchRefused(f"the path {path} does not exist")


def _get(document: Any, path: str, *, missing_is_none: bool = False) -> Any:
    try:
        for part in _parts(path):
            document = _step(document, part, path)
    except PatchRefused:
        if missing_is_none:
            return None
        raise
    return document


def _parent(document: Any, path: str) -> tuple[Any, str]:
    *parents, last = _parts(path)
    for part in parents:
        document = _step(document, part, path)
    return document, last


def _removed_for_replacement(document: Any, path: str) -> Any:
    """A missing key of a map may be replaced, as real API servers allow it; a missing item of a list may not."""
    parent, last = _parent(document, path) if path else ({}, "")
    return document if isinstance(parent, dict) and last not in parent else _remove(document, path)


def _add(document: Any, path: str, value: Any) -> Any:
    if not path:
        return value
    parent, last = _parent(document, path)
    if isinstance(parent, dict):
        parent[last] = value
    elif isinstance(parent, list) and (last == "-" or (last.isdigit() and int(last) <= len(parent))):
        parent.insert(len(parent) if last == "-" else int(last), value)
    else:
        raise PatchRefused(f"the path {path} does not exist")
    return document


def _remove(document: Any, path: str) -> Any:
    parent, last = _parent(document, path)
    _step(parent, last, path)
    if isinstance(parent, dict):
        del parent[last]
    else:
        del parent[int(last)]
    return document
