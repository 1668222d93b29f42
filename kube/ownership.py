"""What of a live object is ours, as a digest to compare with, and which parts a hand has added to it."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from kube.extras import extras
from kube.kinds import PREFIX, kind_of

__all__ = ["body", "digest", "extras", "rendered_paths"]

_FRAME = frozenset({"apiVersion", "kind", "metadata", "status"})
_IDENTITY = frozenset({"name", "namespace", "uid", "resourceVersion"})
_ABSENT = "\x00absent"


def body(thing: dict[str, Any]) -> dict[str, Any]:
    """Everything that a user can write in an object beside its metadata."""
    return {key: value for key, value in thing.items() if key not in _FRAME}


def rendered_paths(manifest: dict[str, Any]) -> list[str]:
    """The fields by which a manifest is judged, as JSON pointers: all leaves of a shared kind, the metadata of a closed one."""
    metadata = {key: value for key, value in manifest["metadata"].items() if key not in _IDENTITY}
    tree: dict[str, Any] = {"metadata": metadata}
    if kind_of(manifest["apiVersion"], manifest["kind"]).ownership == "shared":
        tree.update(body(manifest))
    return sorted(_leaves(tree, ""))


def _leaves(tree: dict[str, Any], prefix: str) -> list[str]:
    found = []
    for key, value in tree.items():
        path = f"{prefix}/{key.replace('~', '~0').replace('/', '~1')}"
        found.extend(_leaves(value, path) if isinstance(value, dict) and value else [path])
    return found


def digest(thing: dict[str, Any], where: Mapping[str, Any] | list[str] | None = None) -> str:
    """A digest of our fields in a live object; `where` is its Entry or that entry's paths. Shared kinds have no digest without them."""
    paths = where.get("paths") if isinstance(where, Mapping) else where
    closed = kind_of(thing["apiVersion"], thing["kind"]).ownership == "closed"
    if not paths and not closed:
        raise ValueError(f"{thing['kind']} is a shared kind: its digest needs the rendered paths.")
    judged: dict[str, Any] = {path: _at(thing, path) for path in paths or _own_metadata(thing)}
    if closed:
        judged["/"] = _without_empty(body(thing))
    return hashlib.sha256(json.dumps(judged, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def fingerprint(manifest: dict[str, Any]) -> str:
    """A digest of a manifest as it is rendered: equal to the one of before means that the same is wanted."""
    return hashlib.sha256(json.dumps(manifest, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _own_metadata(thing: dict[str, Any]) -> list[str]:
    metadata = thing.get("metadata") or {}
    own = {part: {key: "" for key in metadata.get(part) or {} if key.startswith(PREFIX)} for part in ("labels", "annotations")}
    return sorted(_leaves({"metadata": {part: keys for part, keys in own.items() if keys}}, "")) if any(own.values()) else []


def _at(thing: Any, path: str) -> Any:
    for key in path[1:].split("/"):
        if not isinstance(thing, dict):
            return _ABSENT
        thing = thing.get(key.replace("~1", "/").replace("~0", "~"), _ABSENT)
    return thing


def _without_empty(thing: dict[str, Any]) -> dict[str, Any]:
    # Servers differ in whether an empty list of a rendered field comes back as a list or not at all.
    return {key: _without_empty(value) if isinstance(value, dict) else value for key, value in thing.items() if value not in ([], None)}
