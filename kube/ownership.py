"""What of a live object is ours, as a digest to compare with, and which parts a hand has added to it."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from kube.extras import extras
from kube.kinds import MANAGER, PREFIX, kind_of
from kube.managers import applied_fields

__all__ = ["body", "digest", "extras", "is_contested", "judged_paths", "rendered_paths"]

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


def judged_paths(manifest: dict[str, Any], live: dict[str, Any]) -> list[str]:
    """The rendered paths, as the server keeps them: of a list that it merges item by item, only our own items and their fields.

    An environment variable that somebody else adds is theirs; an item added to a list that is kept whole is a change of our field.
    """
    paths, owned = rendered_paths(manifest), applied_fields(live)
    if kind_of(manifest["apiVersion"], manifest["kind"]).ownership != "shared":
        return paths
    return sorted(part for path in paths for part in _items(path, owned))


def is_contested(live: dict[str, Any], paths: list[str]) -> bool:
    """Whether somebody else owns one of these fields, a part of one, or what it is a part of."""
    entries = (live.get("metadata") or {}).get("managedFields") or []
    theirs = {leaf for each in entries if each.get("manager") != MANAGER for leaf in _owned_leaves(each.get("fieldsV1") or {}, "")}
    return any(f"{leaf}/".startswith(f"{path}/") or f"{path}/".startswith(f"{leaf}/") for path in paths for leaf in theirs)


def _items(path: str, owned: dict[str, Any]) -> list[str]:
    node: dict[str, Any] = owned
    for key in path[1:].split("/"):
        node = node.get(f"f:{_unescaped(key)}") or {}
    return _owned_leaves(node, path) if any(key.startswith(("k:", "v:")) for key in node) else [path]


def _owned_leaves(node: dict[str, Any], path: str) -> list[str]:
    inner = {key.removeprefix("f:"): value for key, value in node.items() if key != "."}
    return [leaf for key, value in inner.items() for leaf in _owned_leaves(value, f"{path}/{_escaped(key)}")] or [path]


def _leaves(tree: dict[str, Any], prefix: str) -> list[str]:
    found = []
    for key, value in tree.items():
        path = f"{prefix}/{_escaped(key)}"
        found.extend(_leaves(value, path) if isinstance(value, dict) and value else [path])
    return found


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def _unescaped(key: str) -> str:
    return key.replace("~1", "/").replace("~0", "~")


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
    for key in map(_unescaped, path[1:].split("/")):
        if isinstance(thing, dict):
            thing = thing.get(key, _ABSENT)
        elif isinstance(thing, list):
            thing = _item(thing, key)
        else:
            return _ABSENT
    return thing


def _item(items: list[Any], key: str) -> Any:
    """The item of a list by its name in fieldsV1: `k:` and the keys that tell it apart, `v:` and its value."""
    wanted = json.loads(key[2:])
    if key.startswith("v:"):
        return wanted if wanted in items else _ABSENT
    return next((item for item in items if isinstance(item, dict) and wanted.items() <= item.items()), _ABSENT)


def _without_empty(thing: dict[str, Any]) -> dict[str, Any]:
    # Servers differ in whether an empty list of a rendered field comes back as a list or not at all.
    return {key: _without_empty(value) if isinstance(value, dict) else value for key, value in thing.items() if value not in ([], None)}
