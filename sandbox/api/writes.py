"""POST, PUT and PATCH on objects and their status."""

from sandbox.admission.podsecurity.admission import security_warnings
from sandbox.api.bodies import check_identity, check_place, read_applied, read_object, read_patched
from sandbox.api.cluster import Cluster, timestamp
from sandbox.api.options import WriteOptions, write_options
from sandbox.api.request import APPLY, Request, Response, Target
from sandbox.api.saving import save_new, save_update
from sandbox.api.tables.forms import wanted_form
from sandbox.kinds.errors import StatusError, bad_request, conflict, details_of, method_not_allowed, modified, must_have_version, not_found
from sandbox.kinds.rules import Object
from sandbox.kinds.table import Kind, kind_named
from sandbox.ownership.last_applied import applied_by
from sandbox.ownership.managers import Manager, OwnershipConflict, Writer, applied
from sandbox.patches.json_patch import PatchMalformed, PatchRefused, json_patch
from sandbox.patches.merge_patch import merge_patch
from sandbox.patches.strategic import StrategicPatchError, strategic_patch
from sandbox.storage.stored import Stored

JSON_PATCH, MERGE, STRATEGIC = "application/json-patch+json", "application/merge-patch+json", "application/strategic-merge-patch+json"
NOT_APPLIED_TO = "status"
# Kinds whose PUT must say what it read.
NEVER_UNCONDITIONAL = frozenset({"Lease", "PodDisruptionBudget"})
# Kinds that a PUT to a free name creates.
CREATED_BY_UPDATE = frozenset({"ClusterRole", "ClusterRoleBinding", "Endpoints", "Event", "Lease", "LimitRange", "Role", "RoleBinding"})


def create(cluster: Cluster, request: Request, target: Target, kind: Kind) -> Response:
    """POST to a collection."""
    if kind.namespaced and not target.namespace:
        raise method_not_allowed()
    _check_stays(cluster, kind)
    options = write_options(request, "CreateOptions")
    value = read_object(request, target, kind, options)
    if value["metadata"].get("resourceVersion") and not options.dry_run:
        raise StatusError(500, "", "resourceVersion should not be set on objects to be created")
    stored = save_new(cluster, request.user, kind, value, _writer(kind, options, ""), dry_run=options.dry_run)
    return _written(cluster, request, 201, stored, None)


def _check_stays(cluster: Cluster, kind: Kind) -> None:
    """Raise 405 if the definition of a custom kind is on its way out."""
    definition = cluster.store.get(kind_named("CustomResourceDefinition"), "", kind.resource) if kind.is_custom else None
    if definition is not None and "deletionTimestamp" in definition.value["metadata"]:
        message = "create not allowed while custom resource definition is terminating"
        raise StatusError(405, "MethodNotAllowed", message, details_of(kind, ""))


def update(cluster: Cluster, request: Request, target: Target, kind: Kind) -> Response:
    """PUT of a whole object, or of its status."""
    options = write_options(request, "UpdateOptions")
    value = read_object(request, target, kind, options, is_update=True)
    if kind.built_in in CREATED_BY_UPDATE and not target.subresource and not cluster.store.get(kind, target.namespace, target.name):
        return _create_by_update(cluster, request, kind, value, options)
    before = _existing(cluster, target, kind, value)
    version = value["metadata"].get("resourceVersion")
    if not version and kind.built_in in NEVER_UNCONDITIONAL:
        raise must_have_version(kind, target.name)
    if version and version != before.value["metadata"]["resourceVersion"]:
        raise modified(kind, target.name)
    writer = _writer(kind, options, target.subresource)
    saved = save_update(cluster, request.user, before, value, writer, dry_run=options.dry_run)
    return _written(cluster, request, 200, saved, before)


def _create_by_update(cluster: Cluster, request: Request, kind: Kind, value: Object, options: WriteOptions) -> Response:
    if value["metadata"].get("uid"):
        raise _uid_conflict(kind, value["metadata"], "")
    stored = save_new(cluster, request.user, kind, value, _writer(kind, options, ""), dry_run=options.dry_run)
    return Response(201, stored.full)


def patch(cluster: Cluster, request: Request, target: Target, kind: Kind) -> Response:
    """PATCH of an object or its status, in any of the four forms."""
    is_apply = request.content_type == APPLY
    options = write_options(request, "PatchOptions", is_apply=is_apply)
    if is_apply:
        return _apply(cluster, request, target, kind, options)
    before = cluster.store.get(kind, target.namespace, target.name)
    if request.content_type not in accepted_patches(kind):
        raise unsupported_patch(kind)
    if before is None:
        raise not_found(kind, target.name)
    document = _patched(request, before, kind)
    value = read_patched(request, kind, document, options)
    check_identity(value, target, kind)
    check_place(value, target, kind)
    _check_preconditions(kind, target.name, before, value)
    writer = _writer(kind, options, target.subresource)
    saved = save_update(cluster, request.user, before, value, writer, dry_run=options.dry_run)
    return _written(cluster, request, 200, saved, before)


def _written(cluster: Cluster, request: Request, code: int, saved: Stored, before: Stored | None) -> Response:
    """The answer to a write, in the form that the client wants, with what admission warns of."""
    request.warnings += security_warnings(cluster.store, saved.kind, saved.value, before.value if before else None)
    return Response(code, wanted_form(request).one(saved))


def accepted_patches(kind: Kind) -> tuple[str, ...]:
    """Media types of patches beside apply; a strategic patch needs a built-in type."""
    return (JSON_PATCH, MERGE) if kind.is_custom else (JSON_PATCH, MERGE, STRATEGIC)


def unsupported_patch(kind: Kind) -> StatusError:
    """415: no patch that this server knows."""
    accepted = ", ".join((*accepted_patches(kind), APPLY))
    message = f"the body of the request was in an unknown format - accepted media types include: {accepted}"
    return StatusError(415, "UnsupportedMediaType", message, {})


def _apply(cluster: Cluster, request: Request, target: Target, kind: Kind, options: WriteOptions) -> Response:
    config = read_applied(request, target, kind)
    check_place(config, target, kind)
    config["metadata"].setdefault("name", target.name)
    if target.subresource != NOT_APPLIED_TO and kind.status:
        config.pop("status", None)
    elif target.subresource == NOT_APPLIED_TO:
        config = {key: item for key, item in config.items() if key in ("metadata", "status")}
    before = cluster.store.get(kind, target.namespace, target.name)
    writer = _writer(kind, options, target.subresource)
    if before is None:
        return _apply_new(cluster, request, kind, config, writer, options)
    _check_apply_preconditions(kind, before, config)
    merged, managers = _merge(before.value, config, writer, kind, force=options.force)
    value = read_patched(request, kind, merged, options)
    if uid := config["metadata"].get("uid"):
        value["metadata"]["uid"] = uid
    saved = save_update(cluster, request.user, before, value, writer, dry_run=options.dry_run, managers=managers)
    return _written(cluster, request, 200, saved, before)


def _apply_new(cluster: Cluster, request: Request, kind: Kind, config: Object, writer: Writer, options: WriteOptions) -> Response:
    name, uid = config["metadata"]["name"], config["metadata"].get("uid")
    if writer.subresource:
        raise not_found(kind, name)
    if uid:
        raise conflict(kind, name, f"uid mismatch: the provided object specified uid {uid}, and no existing object was found")
    if config["metadata"].get("resourceVersion"):
        raise modified(kind, name)
    value, managers = applied({"metadata": {}}, config, [], writer, kind.struct, force=True)
    value = read_patched(request, kind, value, options)
    saved = save_new(cluster, request.user, kind, value, writer, dry_run=options.dry_run, managers=managers)
    return _written(cluster, request, 201, saved, None)


def _merge(live: Object, config: Object, writer: Writer, kind: Kind, *, force: bool) -> tuple[Object, list[Manager]]:
    config = {**config, "metadata": {key: item for key, item in config["metadata"].items() if key not in ("uid", "resourceVersion")}}
    try:
        return applied_by(live, config, writer, kind.struct, force=force)
    except OwnershipConflict as error:
        raise _apply_conflict(error.conflicts) from error


def _apply_conflict(conflicts: list[tuple[str, str]]) -> StatusError:
    by_manager: dict[str, list[str]] = {}
    for manager, path in conflicts:
        by_manager.setdefault(manager, []).append(path)
    noun = "conflict" if len(conflicts) == 1 else "conflicts"
    parts = [_conflict_text(manager, paths) for manager, paths in by_manager.items()]
    causes = [{"reason": "FieldManagerConflict", "message": f"conflict with {manager}", "field": path} for manager, path in conflicts]
    text = parts[0] if len(parts) == 1 else "\n".join(parts)
    return StatusError(409, "Conflict", f"Apply failed with {len(conflicts)} {noun}: {text}", {"causes": causes})


def _conflict_text(manager: str, paths: list[str]) -> str:
    if len(paths) == 1:
        return f"conflict with {manager}: {paths[0]}"
    return f"conflicts with {manager}:\n" + "\n".join(f"- {path}" for path in paths)


def _check_apply_preconditions(kind: Kind, before: Stored, config: Object) -> None:
    own, wanted = before.value["metadata"], config["metadata"]
    if wanted.get("resourceVersion") and wanted["resourceVersion"] != own["resourceVersion"]:
        raise modified(kind, before.name)


def _existing(cluster: Cluster, target: Target, kind: Kind, value: Object) -> Stored:
    before, uid = cluster.store.get(kind, target.namespace, target.name), value["metadata"].get("uid")
    own = before.value["metadata"]["uid"] if before else ""
    if uid and uid != own:
        raise _uid_conflict(kind, value["metadata"], own)
    if before is None:
        raise not_found(kind, target.name)
    return before


def _check_preconditions(kind: Kind, name: str, before: Stored, value: Object) -> None:
    own, wanted = before.value["metadata"], value["metadata"]
    if wanted.get("resourceVersion") and wanted["resourceVersion"] != own["resourceVersion"]:
        raise modified(kind, name)


def _uid_conflict(kind: Kind, sent: Object, own: str) -> StatusError:
    key = "/".join(part for part in ("/registry", kind.plural, sent.get("namespace"), sent["name"]) if part)
    detail = f"AdditionalErrorMsg: Precondition failed: UID in precondition: {sent['uid']}, UID in object meta: {own}"
    return conflict(kind, sent["name"], f"StorageError: invalid object, Code: 4, Key: {key}, ResourceVersion: 0, {detail}")


def _patched(request: Request, before: Stored, kind: Kind) -> Object:
    document = {"kind": kind.name, "apiVersion": kind.api_version, **before.value}
    body = request.json()
    try:
        if request.content_type == JSON_PATCH:
            patched: Object = json_patch(document, body)
            return patched
        if not isinstance(body, dict):
            raise bad_request("the patch must be an object")
        if request.content_type == MERGE:
            merged: Object = merge_patch(document, body)
            return merged
        return strategic_patch(document, body, kind.struct)
    except StrategicPatchError as error:
        raise StatusError(500, "", str(error)) from error
    except PatchRefused as error:
        raise StatusError(422, "Invalid", "the server rejected our request due to an error in our request", {}) from error
    except PatchMalformed as error:
        raise bad_request(str(error)) from error


def _writer(kind: Kind, options: WriteOptions, subresource: str) -> Writer:
    return Writer(options.manager, kind.api_version, subresource, timestamp())
