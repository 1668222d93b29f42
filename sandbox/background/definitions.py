"""Serves what CustomResourceDefinitions define, tells so in their conditions, and empties a kind whose definition goes."""

import asyncio
from typing import Any

from sandbox.api.cluster import Cluster, timestamp
from sandbox.api.deletes import remove
from sandbox.background.due import Due
from sandbox.custom.kind import OPEN, CustomKind
from sandbox.kinds.rules import Object
from sandbox.kinds.table import Kind, kind_named
from sandbox.schema.decode import clone
from sandbox.storage.history import Change

FINALIZER = "customresourcecleanup.apiextensions.k8s.io"
KIND = "CustomResourceDefinition"


class Definitions:
    """Listens to the store; a definition is served from the next turn of the loop on."""

    def __init__(self, cluster: Cluster, loop: asyncio.AbstractEventLoop) -> None:
        self._cluster, self._store, self._kinds = cluster, cluster.store, cluster.store.kinds
        self._due = Due(loop, self._settle)
        for stored in self._store.items(kind_named(KIND)):
            self._due.mark(stored.name)
        self._due.run()
        self._store.listen(self._changed)

    def _changed(self, change: Change) -> None:
        if change.last.kind.built_in == KIND:
            self._due.mark(change.last.name)
            if change.after is None:
                self._kinds.remove(_key(change.last.value["spec"]))
        elif isinstance(change.last.kind, CustomKind) and change.after is None:
            self._due.mark(f"{change.last.kind.plural}.{change.last.kind.group}")

    def _settle(self, name: str) -> None:
        stored = self._store.get(kind_named(KIND), "", name)
        if stored is None:
            return
        value = clone(stored.value)
        problem = self._name_conflict(value["spec"])
        if not problem[0]:
            self._serve(value["spec"])
        _tell(value, problem)
        if "deletionTimestamp" in value["metadata"]:
            self._empty(value)
        elif FINALIZER not in value["metadata"].get("finalizers", []):
            value["metadata"].setdefault("finalizers", []).append(FINALIZER)
        if value != stored.value:
            stored = self._store.put(stored.kind, value)
        if "deletionTimestamp" in value["metadata"] and not value["metadata"].get("finalizers"):
            self._store.remove(stored)

    def _serve(self, spec: Object) -> None:
        versions = kinds_of(spec)
        served = {kind.version: kind for kind in self._kinds if kind.key == versions[0].key}
        if [_face(served[each.version]) for each in versions if each.version in served] != [_face(each) for each in versions]:
            self._kinds.add(versions)
        self._store.adopt(versions[0])

    def _empty(self, value: Object) -> None:
        kind = self._kinds.by_key(_key(value["spec"]))
        left = list(self._store.items(kind)) if kind is not None else []
        for each in left:
            if "deletionTimestamp" not in each.value["metadata"]:
                remove(self._cluster, each)
        left = list(self._store.items(kind)) if kind is not None else []
        _set(value, "Terminating", "True", "InstanceDeletionInProgress", "CustomResource deletion is in progress")
        if not left:
            value["metadata"]["finalizers"] = [each for each in value["metadata"].get("finalizers") or [] if each != FINALIZER]

    def _name_conflict(self, spec: Object) -> tuple[str, str]:
        """Why the names cannot be had, because another definition of the group has them: (reason, message), or empty strings."""
        names, own = spec["names"], _key(spec)
        for kind in self._kinds.stored():
            if kind.group != spec["group"] or kind.key == own:
                continue
            resources, kinds = {kind.plural, kind.singular, *kind.short_names}, {kind.name, kind.list_name}
            wanted = [("Plural", names["plural"], resources), ("Singular", names.get("singular"), resources)]
            wanted += [("ShortNames", text, resources) for text in names.get("shortNames") or []]
            wanted += [("Kind", names["kind"], kinds), ("ListKind", names.get("listKind"), kinds)]
            broken = [(f"{what}Conflict", f'"{text}" is already in use') for what, text, taken in wanted if text in taken]
            if broken:
                return broken[-1]
        return "", ""


def kinds_of(spec: Object) -> tuple[CustomKind, ...]:
    """The kinds that a definition serves, the stored version first (it is held even if it is not served)."""
    versions = sorted(spec["versions"], key=lambda each: not each.get("storage"))
    return tuple(_kind(spec, each) for each in versions if each.get("served") or each.get("storage"))


def _kind(spec: Object, version: Object) -> CustomKind:
    names, subresources = spec["names"], version.get("subresources") or {}
    return CustomKind(
        spec["group"],
        version["name"],
        names["kind"],
        names["plural"],
        spec["scope"] == "Namespaced",
        tuple(names.get("shortNames") or ()),
        "status" in subresources,
        True,
        tuple(names.get("categories") or ()),
        subresources=("scale",) if "scale" in subresources else (),
        schema=(version.get("schema") or {}).get("openAPIV3Schema") or OPEN,
        scale=subresources.get("scale"),
        columns=tuple(version.get("additionalPrinterColumns") or ()),
        selectable=tuple(each["jsonPath"].removeprefix(".") for each in version.get("selectableFields") or ()),
        deprecation=_deprecation(spec, version),
        is_served=bool(version.get("served")),
        names=(names.get("singular", ""), names.get("listKind", "")),
    )


def _deprecation(spec: Object, version: Object) -> str:
    if not version.get("deprecated"):
        return ""
    return version.get("deprecationWarning") or f"{spec['group']}/{version['name']} {spec['names']['kind']} is deprecated"


def _face(kind: Kind) -> Any:
    return kind, getattr(kind, "schema", None), getattr(kind, "scale", None), getattr(kind, "columns", None)


def _key(spec: Object) -> str:
    return f"{spec['group']}/{spec['names']['plural']}"


def _tell(value: Object, problem: tuple[str, str]) -> None:
    status = value.setdefault("status", {})
    if problem[0]:
        _set(value, "NamesAccepted", "False", *problem)
        _set(value, "Established", "False", "NotAccepted", "not all names are accepted")
        return
    status["acceptedNames"] = clone(value["spec"]["names"])
    storage = next(each["name"] for each in value["spec"]["versions"] if each.get("storage"))
    stored = status.setdefault("storedVersions", [])
    if storage not in stored:
        stored.append(storage)
    _set(value, "NamesAccepted", "True", "NoConflicts", "no conflicts found")
    _set(value, "Established", "True", "InitialNamesAccepted", "the initial names have been accepted")


def _set(value: Object, name: str, status: str, reason: str, message: str) -> None:
    conditions = value["status"].setdefault("conditions", [])
    wanted = {"type": name, "status": status, "reason": reason, "message": message}
    for condition in conditions:
        if condition["type"] == name:
            if condition["status"] != status:
                condition["lastTransitionTime"] = timestamp()
            condition.update(wanted)
            return
    conditions.append({"type": name, "status": status, "lastTransitionTime": timestamp(), "reason": reason, "message": message})
