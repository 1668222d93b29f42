"""What an owner has, or may have, in a cluster: names before the first apply, UIDs as they come back."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict, cast

if TYPE_CHECKING:
    from kube.result import Result


class Ref(NamedTuple):
    """The address of one object; `namespace` is None for cluster-wide kinds."""

    api_version: str
    kind: str
    namespace: str | None
    name: str

    @classmethod
    def of(cls, thing: "Ref | Mapping[str, Any]") -> "Ref":
        """The address of a manifest, of a live object or of an Entry."""
        if isinstance(thing, Ref):
            return thing
        where = thing.get("metadata", thing)
        return cls(thing["apiVersion"], thing["kind"], where.get("namespace") or None, where["name"])

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"


class Entry(TypedDict):
    """One line of an inventory. `digest` and `uid` are None until the first confirmed apply; `at` is ISO 8601 in UTC.

    `appliedAt` is the server's time of our last apply that changed something: it tells our changes from those of a status.
    `rendered` is the fingerprint of the manifest that `digest` came of.
    """

    apiVersion: str
    kind: str
    namespace: str | None
    name: str
    uid: str | None
    resourceVersion: str | None
    digest: str | None
    paths: list[str]
    state: str
    message: str
    at: str | None
    appliedAt: str | None
    rendered: str | None


def planned_entry(thing: Ref | Mapping[str, Any]) -> Entry:
    """The entry of an object of which only the name is known."""
    ref = Ref.of(thing)
    return Entry(
        apiVersion=ref.api_version,
        kind=ref.kind,
        namespace=ref.namespace,
        name=ref.name,
        uid=None,
        resourceVersion=None,
        digest=None,
        paths=[],
        state="planned",
        message="",
        at=None,
        appliedAt=None,
        rendered=None,
    )


def union(old: Iterable[Mapping[str, Any]], planned: Iterable[Ref | Mapping[str, Any]]) -> list[Entry]:
    """Old entries as they are, then one entry for each planned object (Ref, manifest or Entry) that is new."""
    found = {Ref.of(entry): cast(Entry, dict(entry)) for entry in old}
    for thing in planned:
        found.setdefault(Ref.of(thing), planned_entry(thing))
    return list(found.values())


def unwanted(entries: Iterable[Mapping[str, Any]], planned: Iterable[Ref | Mapping[str, Any]]) -> list[Entry]:
    """The entries that are in no planned object: what a prune has to delete."""
    wanted = {Ref.of(thing) for thing in planned}
    return [cast(Entry, dict(entry)) for entry in entries if Ref.of(entry) not in wanted]


def find(entries: Iterable[Mapping[str, Any]], thing: Ref | Mapping[str, Any]) -> Entry | None:
    """The entry of an object, or None."""
    ref = Ref.of(thing)
    return next((cast(Entry, dict(entry)) for entry in entries if Ref.of(entry) == ref), None)


def updated(entries: Iterable[Mapping[str, Any]], results: Iterable["Result"], at: datetime) -> list[Entry]:
    """The entries after a run: confirmed facts taken over, the deleted gone, what failed kept with its message."""
    found = {Ref.of(entry): cast(Entry, dict(entry)) for entry in entries}
    for result in results:
        if result.state == "deleted":
            found.pop(result.ref, None)
        else:
            found[result.ref] = _after(found.get(result.ref) or planned_entry(result.ref), result, at)
    return list(found.values())


def _after(entry: Entry, result: "Result", at: datetime) -> Entry:
    after = entry.copy()
    after["state"], after["message"], after["at"] = result.state, result.message, at.isoformat()
    created = result.uid and not entry["uid"] and result.state not in ("conflict", "failed")
    if result.digest is not None or created:
        after["uid"], after["resourceVersion"] = result.uid, result.resource_version
    if result.digest is not None:
        after["digest"], after["paths"], after["appliedAt"] = result.digest, result.paths, result.applied_at
        after["rendered"] = result.rendered
    return after
