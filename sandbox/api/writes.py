"""POST, PUT and PATCH on objects and their status."""

from sandbox.api.bodies import check_place, read_applied, read_object, read_patched
from sandbox.api.cluster import Cluster, timestamp
from sandbox.api.options import WriteOptions, write_options
from sandbox.api.request import APPLY, Request, Response, Target
from sandbox.api.saving import save_new, save_update, uid_cause
from sandbox.kinds.errors import StatusError, bad_request, conflict, invalid, method_not_allowed, modified, not_found
from sandbox.kinds.rules import Object
from sandbox.kinds.table import Kind
from sandbox.ownership.managers import Manager, OwnershipConflict, Writer, applied, read_managers
from sandbox.patches.json_patch import PatchMalformed, PatchRefused, json_patch
from sandbox.patches.merge_patch import merge_patch
from sandbox.patches.strategic import StrategicPatchError, strategic_patch
from sandbox.storage.stored import Stored

JSON_PATCH, MERGE, STRATEGIC = "application/json-patch+json", "application/merge-patch+json", "application/strategic-merge-patch+json"
NOT_APPLIED_TO = "status"


def create(cluster: Cluster, request: Request, target: Target, kind: Kind) -> Response:
    """POST to a collection."""
    if kind.namespaced and not target.namespace:
        raise method_not_allowed()
    options = write_options(request, "CreateOptions")
    value = read_object(request, target, kind, options)
    if value["metadata"].get("resourceVersion"):
        raise StatusError(500, "", "resourceVersion should not be set on objects to be created")
    stored = save_new(cluster, request.user, kind, value, _writer(kind, options, ""), dry_run=options.dry_run)
    return Response(201, stored.full)


def update(cluster: Cluster, request: Request, target: Target, kind: Kind) -> Response:
    """PUT of a whole object, or of its status."""
    options = write_options(request, "UpdateOptions")
    value = read_object(request, target, kind, options)
    before = _existing(cluster, target, kind, value)
    if not value["metadata"].get("name"):
        raise bad_request("name must be provided")
    version = value["metadata"].get("resourceVersion")
    if version and version != before.value["metadata"]["resourceVersion"]:
        raise modified(kind, target.name)
    writer = _writer(kind, options, target.subresource)
    return Response(200, save_update(cluster, request.user, before, value, writer, dry_run=options.dry_run).full)


def patch(cluster: Cluster, request: Request, target: Target, kind: Kind) -> Response:
    """PATCH of an object or its status, in any of the four forms."""
    is_apply = request.content_type == APPLY
    options = write_options(request, "PatchOptions", is_apply=is_apply)
    if is_apply:
        return _apply(cluster, request, target, kind, options)
    before = cluster.store.get(kind, target.namespace, target.name)
    if request.content_type not in (JSON_PATCH, MERGE, STRATEGIC):
        raise unsupported_patch()
    if before is None:
        raise not_found(kind, target.name)
    document = _patched(request, before, kind)
    value = read_patched(request, kind, document, options)
    check_place(value, target, kind)
    _check_preconditions(kind, target.name, before, value)
    writer = _writer(kind, options, target.subresource)
    return Response(200, save_update(cluster, request.user, before, value, writer, dry_run=options.dry_run).full)


def unsupported_patch() -> StatusError:
    """415: no patch that this server knows."""
    accepted = ", ".join((JSON_PATCH, MERGE, STRATEGIC, APPLY))
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
    saved = save_update(cluster, request.user, before, value, writer, dry_run=options.dry_run, managers=managers)
    return Response(200, saved.full)


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
    return Response(201, saved.full)


def _merge(live: Object, config: Object, writer: Writer, kind: Kind, *, force: bool) -> tuple[Object, list[Manager]]:
    config = {**config, "metadata": {key: item for key, item in config["metadata"].items() if key not in ("uid", "resourceVersion")}}
    try:
        return applied(live, config, read_managers(live), writer, kind.struct, force=force)
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
    if wanted.get("uid") and wanted["uid"] != own["uid"]:
        raise invalid(kind, before.name, [uid_cause(wanted["uid"])])


def _existing(cluster: Cluster, target: Target, kind: Kind, value: Object) -> Stored:
    before, uid = cluster.store.get(kind, target.namespace, target.name), value["metadata"].get("uid")
    own = before.value["metadata"]["uid"] if before else ""
    if uid and uid != own:
        raise _uid_conflict(kind, target, uid, own)
    if before is None:
        raise not_found(kind, target.name)
    return before


def _check_preconditions(kind: Kind, name: str, before: Stored, value: Object) -> None:
    own, wanted = before.value["metadata"], value["metadata"]
    if wanted.get("uid") and wanted["uid"] != own["uid"]:
        raise invalid(kind, name, [uid_cause(wanted["uid"])])
    if wanted.get("resourceVersion") and wanted["resourceVersion"] != own["resourceVersion"]:
        raise modified(kind, name)


def _uid_conflict(kind: Kind, target: Target, uid: str, own: str) -> StatusError:
    key = "/".join(part for part in ("/registry", kind.plural, target.namespace, target.name) if part)
    detail = f"AdditionalErrorMsg: Precondition failed: UID in precondition: {uid}, UID in object meta: {own}"
    return conflict(kind, target.name, f"StorageError: invalid object, Code: 4, Key: {key}, ResourceVersion: 0, {detail}")


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
    except (PatchRefused, StrategicPatchError) as error:
        message = "the server rejected our request due to an error in our request"
        raise StatusError(422, "Invalid", message, {"causes": [{"reason": "FieldValueInvalid", "message": str(error)}]}) from error
    except PatchMalformed as error:
        raise bad_request(str(error)) from error


def _writer(kind: Kind, options: WriteOptions, subresource: str) -> Writer:
    return Writer(options.manager, kind.api_version, subresource, timestamp())
