"""The last steps of every write: admission, checks, managedFields, generation, and the store unless it is a dry run."""

import secrets
import uuid
from typing import Any

from sandbox.access.escalation import check_grant, check_role_exists
from sandbox.access.users import User
from sandbox.admission.lifecycle import check_namespace
from sandbox.admission.limits import check_limits, default_by_limits
from sandbox.admission.pods import admit_pod, random_suffix
from sandbox.admission.quota import check_quota
from sandbox.api.cluster import Cluster, timestamp
from sandbox.kinds.errors import Cause, already_exists, bad_value, invalid
from sandbox.kinds.names import check_metadata
from sandbox.kinds.registry import rules_for
from sandbox.kinds.rules import Object
from sandbox.kinds.table import Kind
from sandbox.ownership.managers import Manager, Writer, read_managers, updated, write_managers
from sandbox.schema.decode import clone
from sandbox.storage.stored import Stored

ATTEMPTS = 8
KEPT_METADATA = ("uid", "creationTimestamp", "generation", "deletionTimestamp", "deletionGracePeriodSeconds", "namespace", "name")
SYSTEM_METADATA = (*KEPT_METADATA[:5], "resourceVersion", "selfLink", "managedFields")


def save_new(
    cluster: Cluster, user: User, kind: Kind, value: Object, writer: Writer, *, dry_run: bool, managers: list[Manager] | None = None
) -> Stored:
    """Create an object; `managers` is given by an apply, else the writer owns what it sent."""
    metadata, rules = value["metadata"], rules_for(kind)
    check_namespace(cluster.store, kind, metadata.get("namespace", ""), metadata.get("name", ""))
    for key in SYSTEM_METADATA:
        metadata.pop(key, None)
    _choose_name(cluster, kind, metadata)
    sent = clone(value)
    if kind.status:
        value.pop("status", None)
    rules.default(value)
    _admit(cluster, kind, value)
    _raise_causes(kind, value, check_metadata(metadata, rules.check_name, namespaced=kind.namespaced) + rules.validate(value))
    if cluster.store.get(kind, metadata.get("namespace", ""), metadata["name"]):
        raise already_exists(kind, metadata["name"])
    _authorize_grant(cluster, user, kind, value, None)
    if kind.status:
        value["status"] = rules.initial_status(value)
    check_limits(cluster.store, kind, value)
    check_quota(cluster.store, kind, value, None)
    _stamp(kind, metadata)
    if managers is None:
        sent.pop("status", None) if kind.status else None
        managers = updated(None, _owned_at_birth(sent, value), [], writer, kind.struct)
    return _put(cluster, kind, value, managers, dry_run=dry_run)


def save_update(
    cluster: Cluster, user: User, before: Stored, value: Object, writer: Writer, *, dry_run: bool, managers: list[Manager] | None = None
) -> Stored:
    """Replace an object by `value`; returns the stored one unchanged if nothing differs."""
    kind, rules = before.kind, rules_for(before.kind)
    _keep_system_fields(before.value, value, writer.subresource)
    rules.default(value)
    causes = check_metadata(value["metadata"], rules.check_name, namespaced=kind.namespaced)
    causes += _finalizer_causes(before.value, value)
    if not writer.subresource:
        causes += rules.validate(value) + rules.validate_update(value, before.value)
        _authorize_grant(cluster, user, kind, value, before.value)
    _raise_causes(kind, value, causes)
    check_quota(cluster.store, kind, value, before.value)
    if managers is None:
        managers = updated(before.value, value, _managers_before(before.value, value), writer, kind.struct)
    if kind.generation and value.get("spec") != before.value.get("spec"):
        value["metadata"]["generation"] = before.value["metadata"].get("generation", 1) + 1
    if _is_same(before.value, value, managers):
        return before
    return _put(cluster, kind, value, managers, dry_run=dry_run)


def _put(cluster: Cluster, kind: Kind, value: Object, managers: list[Manager], *, dry_run: bool) -> Stored:
    entries = write_managers(managers)
    value["metadata"].pop("managedFields", None)
    if entries:
        value["metadata"]["managedFields"] = entries
    if dry_run:
        return Stored(kind, value, cluster.store.version)
    stored = cluster.store.put(kind, value)
    return cluster.store.remove(stored) if _is_let_go(value) else stored


def _is_let_go(value: Object) -> bool:
    """Whether this write gave up the last thing that held an object which is being deleted."""
    metadata = value["metadata"]
    held = metadata.get("finalizers") or metadata.get("deletionGracePeriodSeconds") or (value.get("spec") or {}).get("finalizers")
    return "deletionTimestamp" in metadata and not held


def _choose_name(cluster: Cluster, kind: Kind, metadata: Object) -> None:
    prefix = metadata.get("generateName")
    if metadata.get("name") or not prefix:
        return
    for _ in range(ATTEMPTS):
        metadata["name"] = prefix[:58] + random_suffix()
        if not cluster.store.get(kind, metadata.get("namespace", ""), metadata["name"]):
            return


def _admit(cluster: Cluster, kind: Kind, value: Object) -> None:
    if kind.name == "Pod":
        default_by_limits(cluster.store, value)
        admit_pod(cluster.store, kind, value)
        rules_for(kind).default(value)
    elif kind.name == "Service":
        _assign_address(value["spec"])


def _assign_address(spec: Object) -> None:
    if spec["type"] == "ExternalName" or spec.get("clusterIP"):
        return
    number = secrets.randbelow(65_000) + 10
    spec["clusterIP"] = f"10.96.{number // 256}.{number % 256}"
    spec |= {"clusterIPs": [spec["clusterIP"]], "ipFamilies": ["IPv4"], "ipFamilyPolicy": "SingleStack"}
    if spec["type"] in ("NodePort", "LoadBalancer"):
        for port in spec.get("ports") or []:
            port.setdefault("nodePort", 30_000 + secrets.randbelow(2_768))


def _stamp(kind: Kind, metadata: Object) -> None:
    metadata["uid"] = str(uuid.uuid4())
    metadata["creationTimestamp"] = timestamp()
    if kind.generation:
        metadata["generation"] = 1


def _owned_at_birth(sent: Object, value: Object) -> Object:
    """What the creator owns: what it sent, in the form in which it was stored."""
    return {key: value.get(key, item) for key, item in sent.items()}


def _keep_system_fields(before: Object, value: Object, subresource: str) -> None:
    metadata, old = value["metadata"], before["metadata"]
    for key in KEPT_METADATA:
        metadata.pop(key, None)
        if key in old:
            metadata[key] = old[key]
    metadata["resourceVersion"] = old["resourceVersion"]
    if subresource == "status":
        status = value.get("status")
        kept = {key: item for key, item in before.items() if key not in ("status", "metadata")}
        for key in [each for each in value if each not in ("metadata", "status")]:
            del value[key]
        value |= clone(kept)
        if status is None:
            value.pop("status", None)
    elif not subresource and "status" in before:
        value["status"] = clone(before["status"])
    if "finalizers" in (before.get("spec") or {}) and subresource != "finalize":
        value["spec"] = clone(before["spec"])


def _finalizer_causes(before: Object, value: Object) -> list[Cause]:
    if "deletionTimestamp" not in before["metadata"]:
        return []
    added = [each for each in value["metadata"].get("finalizers") or [] if each not in (before["metadata"].get("finalizers") or [])]
    why = "Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers "
    shown = ", ".join(f'"{each}"' for each in added)
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


def uid_cause(uid: str) -> Cause:
    """What is wrong when an apply names another uid than the object has."""
    return bad_value("metadata.uid", uid, "field is immutable")
