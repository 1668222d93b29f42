"""The last steps of every write: admission, checks, managedFields, generation, and the store unless it is a dry run."""

import uuid
from collections.abc import Sequence
from typing import Any

from sandbox.access.escalation import check_grant, check_role_exists
from sandbox.access.users import User
from sandbox.admission.lifecycle import check_namespace
from sandbox.admission.limits import check_limits, default_by_limits
from sandbox.admission.pods import admit_pod, admit_pod_update, random_suffix
from sandbox.admission.podsecurity.admission import check_pod_security
from sandbox.admission.quota import check_quota
from sandbox.admission.services import allocate, keep_allocated, let_go
from sandbox.admission.storage import PROTECTION, check_growth, default_class, protect
from sandbox.api.cluster import Cluster, timestamp
from sandbox.kinds.errors import Cause, StatusError, already_exists, bad_value, invalid
from sandbox.kinds.names import check_finalizer_names, check_metadata
from sandbox.kinds.registry import rules_for
from sandbox.kinds.rules import Object
from sandbox.kinds.table import Kind
from sandbox.ownership.managers import Manager, Writer, read_managers, updated, write_managers
from sandbox.schema.decode import clone, completed
from sandbox.schema.types import Struct
from sandbox.storage.store import TooLarge
from sandbox.storage.stored import Stored

ATTEMPTS = 8
SERVICES = "/services"
KEPT_METADATA = ("creationTimestamp", "generation", "deletionTimestamp", "deletionGracePeriodSeconds", "namespace", "name")
# Groups that take any qualified name for a finalizer, as custom objects do.
FREE_FINALIZERS = frozenset({"apiextensions.k8s.io", "apiregistration.k8s.io", "coordination.k8s.io"})
DELETION_METADATA = ("deletionTimestamp", "deletionGracePeriodSeconds")
SYSTEM_METADATA = ("uid", *KEPT_METADATA[:4], "resourceVersion", "selfLink", "managedFields")


def save_new(
    cluster: Cluster, user: User, kind: Kind, value: Object, writer: Writer, *, dry_run: bool, managers: list[Manager] | None = None
) -> Stored:
    """Create an object; `managers` is given by an apply, else the writer owns what it sent."""
    metadata, rules = value["metadata"], rules_for(kind)
    check_namespace(cluster.store, kind, metadata.get("namespace", ""), metadata.get("name", ""))
    for key in SYSTEM_METADATA:
        metadata.pop(key, None)
    if kind.status and not rules.brings_status:
        value.pop("status", None)
    rules.default(value)
    if managers is None:
        # Its creator owns what it sent and what was defaulted, not what admission adds.
        managers = updated(completed({}, kind.struct), value, [], writer, kind.struct)
    _admit(cluster, kind, value)
    _choose_name(cluster, kind, metadata)
    _stamp(kind, metadata)
    rules.prepare(value)
    _raise_causes(kind, value, _metadata_causes(kind, value, None) + rules.validate(value))
    if kind.key == SERVICES:
        allocate(cluster.store, value, is_new=True)
    if taken := cluster.store.get(kind, metadata.get("namespace", ""), metadata["name"]):
        raise already_exists(kind, metadata["name"], is_going="deletionTimestamp" in taken.value["metadata"])
    _authorize_grant(cluster, user, kind, value, None)
    if kind.status and (status := value.get("status") or rules.initial_status(value)) is not None:
        value["status"] = _status_of(kind, status)
    check_limits(cluster.store, kind, value)
    check_pod_security(cluster.store, kind, value, None)
    check_quota(cluster.store, kind, value, None)
    return _put(cluster, kind, value, managers, dry_run=dry_run)


def save_update(
    cluster: Cluster, user: User, before: Stored, value: Object, writer: Writer, *, dry_run: bool, managers: list[Manager] | None = None
) -> Stored:
    """Replace an object by `value`; returns the stored one unchanged if nothing differs."""
    kind, rules = before.kind, rules_for(before.kind)
    fixed_causes = _fixed_causes(before.value, value)
    unsaid = [key for key in DELETION_METADATA if key not in value["metadata"]]
    _keep_system_fields(before.value, value, writer.subresource, has_status=kind.status)
    # What admission adds, and what is given back to a Service whose writer left it open, is nobody's.
    said = value
    if kind.key == SERVICES:
        said = clone(value)
        rules.default(said)
        keep_allocated(value, before.value)
    rules.default(value)
    if kind.key == SERVICES:
        let_go(value, before.value)
    if kind.built_in == "Pod" and not writer.subresource:
        said = clone(value)
        admit_pod_update(value, before.value)
    causes = _metadata_causes(kind, value, before.value, fixed_causes)
    if writer.subresource in ("", "scale"):
        own, changed = rules.validate(value), rules.validate_update(value, before.value)
        causes += changed + own if rules.looks_at_changes_first else own + changed
        _authorize_grant(cluster, user, kind, value, before.value)
    elif writer.subresource == "status":
        causes += rules.validate_status(value) + (rules.validate_update(value, before.value) if kind.is_custom else [])
    _raise_causes(kind, value, causes)
    if kind.key == SERVICES:
        allocate(cluster.store, value, is_new=False)
    if kind.built_in == "PersistentVolumeClaim" and not writer.subresource:
        check_growth(cluster.store, value, before.value)
    check_pod_security(cluster.store, kind, value, before.value)
    check_quota(cluster.store, kind, value, before.value)
    if managers is None:
        managers = _managers_before(before.value, value)
        # Once nobody is known, plain writes leave it so; the next apply counts what is there as "before-first-apply".
        managers = updated(before.value, _without_metadata(said, unsaid), managers, writer, kind.struct) if managers else []
    if kind.generation and _desires_more(kind, value, before.value):
        value["metadata"]["generation"] = before.value["metadata"].get("generation", 1) + 1
    if _is_same(before.value, value, managers):
        return before
    return _put(cluster, kind, value, managers, dry_run=dry_run)


def _without_metadata(value: Object, keys: list[str]) -> Object:
    """What a write said, without what the server put back: who leaves out a deletionTimestamp gives it up."""
    return {**value, "metadata": {key: item for key, item in value["metadata"].items() if key not in keys}} if keys else value


def _put(cluster: Cluster, kind: Kind, value: Object, managers: list[Manager], *, dry_run: bool) -> Stored:
    entries = write_managers(managers)
    value["metadata"].pop("managedFields", None)
    if entries:
        value["metadata"]["managedFields"] = entries
    if dry_run:
        return Stored(kind, value, cluster.store.version)
    before = cluster.store.get(kind, value["metadata"].get("namespace", ""), value["metadata"]["name"])
    if before is not None and _is_let_go(value):
        cluster.store.remove(before)
        return Stored(kind, value, before.version)
    try:
        return cluster.store.put(kind, value)
    except TooLarge as error:
        raise StatusError(500, "", "etcdserver: request is too large") from error


def _is_let_go(value: Object) -> bool:
    """Whether this write gave up the last thing that held an object which is being deleted."""
    metadata = value["metadata"]
    held = metadata.get("finalizers") or metadata.get("deletionGracePeriodSeconds") or (value.get("spec") or {}).get("finalizers")
    return "deletionTimestamp" in metadata and not held


def _choose_name(cluster: Cluster, kind: Kind, metadata: Object) -> None:
    prefix = metadata.get("generateName")
    if kind.built_in == "LimitRange" and not metadata.get("name") and not prefix:
        metadata["name"] = str(uuid.uuid4())
    if metadata.get("name") or not prefix:
        return
    for _ in range(ATTEMPTS):
        metadata["name"] = prefix[:58] + random_suffix()
        if not cluster.store.get(kind, metadata.get("namespace", ""), metadata["name"]):
            return


def _admit(cluster: Cluster, kind: Kind, value: Object) -> None:
    if kind.built_in == "Pod":
        default_by_limits(cluster.store, value)
        admit_pod(cluster.store, kind, value)
        rules_for(kind).default(value)
    elif kind.built_in == "PersistentVolumeClaim":
        default_class(cluster.store, value)
    if kind.built_in in PROTECTION:
        protect(kind, value)


def _desires_more(kind: Kind, value: Object, before: Object) -> bool:
    """Whether controllers have something new to do; a Deployment hands its annotations on to its ReplicaSets."""
    notes = [each["metadata"].get("annotations") for each in (value, before)] if kind.built_in == "Deployment" else [None, None]
    return kind.desired(value) != kind.desired(before) or notes[0] != notes[1]


def _stamp(kind: Kind, metadata: Object) -> None:
    metadata["uid"] = str(uuid.uuid4())
    metadata["creationTimestamp"] = timestamp()
    if kind.generation:
        metadata["generation"] = 1


def _status_of(kind: Kind, status: Object) -> Object:
    """The status with what its JSON always has."""
    struct = kind.struct.fields.get("status")
    return completed(status, struct) if isinstance(struct, Struct) else status


def _keep_system_fields(before: Object, value: Object, subresource: str, *, has_status: bool) -> None:
    metadata, old = value["metadata"], before["metadata"]
    for key in KEPT_METADATA:
        metadata.pop(key, None)
        if key in old:
            metadata[key] = old[key]
    metadata["resourceVersion"] = old["resourceVersion"]
    # Another one is refused with all else that is wrong with it.
    metadata["uid"] = metadata.get("uid") or old["uid"]
    if subresource == "status":
        status = value.get("status")
        kept = {key: item for key, item in before.items() if key not in ("status", "metadata")}
        for key in [each for each in value if each not in ("metadata", "status")]:
            del value[key]
        value |= clone(kept)
        if status is None:
            value.pop("status", None)
    elif not subresource and has_status:
        value.pop("status", None)
        if "status" in before:
            value["status"] = clone(before["status"])
    if "finalizers" in (before.get("spec") or {}) and subresource != "finalize":
        value["spec"] = clone(before["spec"])


def _metadata_causes(kind: Kind, value: Object, before: Object | None, more: Sequence[Cause] = ()) -> list[Cause]:
    metadata = value["metadata"]
    causes = check_metadata(metadata, rules_for(kind).check_name, namespaced=kind.namespaced)
    causes += [*(_finalizer_causes(before, value) if before else []), *more]
    is_free = kind.is_custom or kind.group in FREE_FINALIZERS
    return causes if is_free else causes + check_finalizer_names(metadata.get("finalizers") or [])


def _fixed_causes(before: Object, value: Object) -> list[Cause]:
    """What an update sends of metadata that never changes; the end of an object that is going is put back before."""
    old, new = before["metadata"], value["metadata"]
    keys = ("uid", *(DELETION_METADATA if "deletionTimestamp" not in old else ()))
    return [bad_value(f"metadata.{key}", new[key], "field is immutable") for key in keys if new.get(key) and new[key] != old.get(key)]


def _finalizer_causes(before: Object, value: Object) -> list[Cause]:
    if "deletionTimestamp" not in before["metadata"]:
        return []
    added = [each for each in value["metadata"].get("finalizers") or [] if each not in (before["metadata"].get("finalizers") or [])]
    why = "Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers "
    shown = ", ".join(f'"{each}"' for each in sorted(set(added)))
    return [Cause("metadata.finalizers", f"{why}[]string{{{shown}}}", "FieldValueForbidden")] if added else []


def _managers_before(before: Object, value: Object) -> list[Manager]:
    sent: list[Any] | None = value["metadata"].get("managedFields")
    if sent is not None and sent != before["metadata"].get("managedFields"):
        return [] if sent in ([], [{}]) else read_managers(value)
    return read_managers(before)


def _is_same(before: Object, value: Object, managers: list[Manager]) -> bool:
    def rest(each: Object) -> Object:
        return {**each, "metadata": {key: item for key, item in each["metadata"].items() if key != "managedFields"}}

    def owned(each: list[Manager]) -> set[Any]:
        return {(manager.identity, manager.paths) for manager in each if manager.paths}

    return rest(before) == rest(value) and owned(read_managers(before)) == owned(managers)


def _authorize_grant(cluster: Cluster, user: User, kind: Kind, value: Object, before: Object | None) -> None:
    check_role_exists(cluster.rbac, user, kind, value)
    check_grant(cluster.rbac, user, kind, value, before)


def _raise_causes(kind: Kind, value: Object, causes: list[Cause]) -> None:
    if causes:
        raise invalid(kind, value["metadata"].get("name", ""), causes)
