"""The way of kubectl from client-side to server-side apply: what the annotation says that it set is its own, and no conflict."""

import json
from typing import Any

from sandbox.ownership.compare import compare
from sandbox.ownership.managers import Manager, OwnershipConflict, Writer, applied, read_managers
from sandbox.ownership.paths import PathSet, paths_of, readable
from sandbox.schema.types import Struct

ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration"
UPGRADING = "kubectl"


def applied_by(
    live: dict[str, Any], config: dict[str, Any], writer: Writer, kind: Struct, *, force: bool
) -> tuple[dict[str, Any], list[Manager]]:
    """`applied`, where kubectl itself may change what it applied before on the client's side. Raises OwnershipConflict."""
    managers = read_managers(live)
    if writer.name != UPGRADING or writer.subresource or not _annotation(live):
        return applied(live, config, managers, writer, kind, force=force)
    try:
        merged, managers = applied(live, config, managers, writer, kind, force=force)
    except OwnershipConflict as error:
        own = {readable(path) for path in _unchanged(live, kind)}
        left = [(manager, field) for manager, field in error.conflicts if field not in own]
        if left:
            raise OwnershipConflict(left) from error
        merged, managers = applied(live, config, managers, writer, kind, force=True)
    merged["metadata"]["annotations"] = {**(merged["metadata"].get("annotations") or {}), ANNOTATION: _written(config, writer, kind)}
    return merged, managers


def _annotation(live: dict[str, Any]) -> str:
    return str((live["metadata"].get("annotations") or {}).get(ANNOTATION, ""))


def _unchanged(live: dict[str, Any], kind: Struct) -> PathSet:
    """What the annotation says, as far as the object still is so."""
    try:
        said = json.loads(_annotation(live))
    except ValueError:
        return set()
    if not isinstance(said, dict):
        return set()
    said = {key: item for key, item in said.items() if key not in ("apiVersion", "kind")}
    change = compare(said, live, kind)
    return paths_of(said, kind) - change.modified - change.added - change.removed


def _written(config: dict[str, Any], writer: Writer, kind: Struct) -> str:
    named = {"apiVersion": writer.api_version, "kind": kind.name.rpartition(".")[2], **config}
    return json.dumps(named, separators=(",", ":"), sort_keys=True) + "\n"
