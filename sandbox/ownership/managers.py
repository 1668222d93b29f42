"""managedFields of one object: who owns what, after an update or an apply."""

from dataclasses import dataclass, replace
from typing import Any

from sandbox.ownership.compare import Comparison, compare
from sandbox.ownership.merge import merge, prune
from sandbox.ownership.paths import Path, PathSet, parse_fields, paths_of, readable, write_fields
from sandbox.schema.decode import completed
from sandbox.schema.types import Struct

# What the server itself fills in belongs to nobody.
NOT_OWNED = frozenset({"name", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp", "selfLink", "managedFields"})
BEFORE_FIRST = "before-first-apply"


@dataclass(frozen=True)
class Manager:
    """One entry of managedFields."""

    name: str
    operation: str
    api_version: str
    subresource: str
    paths: frozenset[Path]
    time: str

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """What makes two writes the same manager's."""
        return self.name, self.operation, self.api_version, self.subresource


@dataclass(frozen=True)
class Writer:
    """Who writes now, and how."""

    name: str
    api_version: str
    subresource: str
    time: str

    def manager(self, operation: str, paths: PathSet) -> Manager:
        """The entry of this writer."""
        return Manager(self.name, operation, self.api_version, self.subresource, frozenset(paths), self.time)


class OwnershipConflict(Exception):
    """Other managers own fields that an apply would change: (manager's description, field) pairs."""

    def __init__(self, conflicts: list[tuple[str, str]]) -> None:
        super().__init__(f"{len(conflicts)} conflicts")
        self.conflicts = conflicts


def read_managers(value: dict[str, Any]) -> list[Manager]:
    """The managers of an object."""
    return [_read(entry) for entry in value["metadata"].get("managedFields") or []]


def write_managers(managers: list[Manager]) -> list[dict[str, Any]]:
    """managedFields as an object carries them: applied ones first, then by time."""
    ordered = sorted((each for each in managers if each.paths), key=lambda each: (each.operation != "Apply", each.time, each.name))
    return [_write(each) for each in ordered]


def updated(before: dict[str, Any] | None, after: dict[str, Any], managers: list[Manager], writer: Writer, kind: Struct) -> list[Manager]:
    """Managers after a write that is no apply: the writer owns what it changed, the others lose it."""
    change = compare(_owned_part(before or {}), _owned_part(after), kind)
    touched = change.added | change.modified
    if not touched and not change.removed:
        return managers
    others, mine = _split(managers, writer.manager("Update", set()).identity)
    survivors = [_lose(each, touched, change.removed) for each in others]
    own = (set(mine.paths) if mine else set()) - change.removed | touched
    return [*survivors, writer.manager("Update", own)]


def applied(
    live: dict[str, Any], config: dict[str, Any], managers: list[Manager], writer: Writer, kind: Struct, *, force: bool
) -> tuple[dict[str, Any], list[Manager]]:
    """Apply `config` over `live`: the new object and its managers. Raises OwnershipConflict."""
    owned = paths_of(_owned_part(config), kind) - {()}
    if not managers and live.get("metadata", {}).get("uid"):
        managers = updated(completed({}, kind), live, [], replace(writer, name=BEFORE_FIRST), kind)
    others, mine = _split(managers, writer.manager("Apply", set()).identity)
    merged = merge(live, config, kind)
    given_up = (set(mine.paths) if mine else set()) - owned
    kept = owned.union(*(each.paths for each in others))
    merged = prune(merged, kind, given_up, kept)
    change = compare(_owned_part(live), _owned_part(merged), kind)
    touched = change.added | change.modified
    if not force:
        _refuse_conflicts(others, touched)
    entry = writer.manager("Apply", owned)
    if mine is not None and mine.paths == entry.paths and not touched and not change.removed:
        entry = replace(entry, time=mine.time)
    return merged, [*[_lose(each, touched, change.removed) for each in others], entry]


def comparison(before: dict[str, Any], after: dict[str, Any], kind: Struct) -> Comparison:
    """What a write changes of the part that managers own."""
    return compare(_owned_part(before), _owned_part(after), kind)


def _refuse_conflicts(others: list[Manager], touched: PathSet) -> None:
    conflicts = [(_describe(each), readable(path)) for each in others for path in sorted(each.paths & touched)]
    if conflicts:
        raise OwnershipConflict(conflicts)


def _describe(manager: Manager) -> str:
    if manager.operation == "Apply":
        return f'"{manager.name}"'
    part = f' with subresource "{manager.subresource}"' if manager.subresource else ""
    return f'"{manager.name}"{part} using {manager.api_version}'


def _owned_part(value: dict[str, Any]) -> dict[str, Any]:
    part = {key: item for key, item in value.items() if key not in ("apiVersion", "kind", "metadata")}
    metadata = {key: item for key, item in (value.get("metadata") or {}).items() if key not in NOT_OWNED}
    if metadata:
        part["metadata"] = metadata
    return part


def _split(managers: list[Manager], identity: tuple[str, str, str, str]) -> tuple[list[Manager], Manager | None]:
    mine = next((each for each in managers if each.identity == identity), None)
    return [each for each in managers if each is not mine], mine


def _lose(manager: Manager, touched: PathSet, removed: PathSet) -> Manager:
    paths = manager.paths - touched - removed
    return manager if len(paths) == len(manager.paths) else replace(manager, paths=paths)


def _read(entry: dict[str, Any]) -> Manager:
    paths = frozenset(parse_fields(entry.get("fieldsV1") or {}))
    return Manager(
        entry.get("manager", ""),
        entry["operation"],
        entry.get("apiVersion", ""),
        entry.get("subresource", ""),
        paths,
        entry.get("time", ""),
    )


def _write(manager: Manager) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "manager": manager.name,
        "operation": manager.operation,
        "apiVersion": manager.api_version,
        "time": manager.time,
    }
    entry |= {"fieldsType": "FieldsV1", "fieldsV1": write_fields(set(manager.paths))}
    return entry | ({"subresource": manager.subresource} if manager.subresource else {})
