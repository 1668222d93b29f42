"""From the JSON of a request to an object of the right kind, with unknown fields refused, warned of or ignored."""

from typing import Any

from sandbox.api.options import WriteOptions
from sandbox.api.parsing import duplicate_fields
from sandbox.api.request import Request, Target
from sandbox.kinds.errors import StatusError, bad_request
from sandbox.kinds.rules import Object
from sandbox.kinds.table import Kind
from sandbox.ownership.paths import duplicates, readable
from sandbox.schema.decode import Decoded, TypeMismatch, Unreadable


def read_object(request: Request, target: Target, kind: Kind, options: WriteOptions, *, is_update: bool = False) -> Object:
    """The object in the body of a create or an update, without kind and apiVersion."""
    body = request.json()
    body = {} if body is None else body
    check_kind(body, kind)
    decoded = _decode(body, kind)
    problems = [f'unknown field "{path}"' for path in decoded.unknown]
    if options.validation != "Ignore":
        problems = [*(f'duplicate field "{path}"' for path in duplicate_fields(request.body)), *problems]
    if problems:
        _report(request, kind, problems, options)
    value = _without_kind(decoded.value)
    if is_update:
        check_identity(value, target, kind)
    check_place(value, target, kind)
    return value


def read_patched(request: Request, kind: Kind, document: Any, options: WriteOptions) -> Object:
    """The object that a patch made of a stored one."""
    named, version = document.get("kind", kind.name), document.get("apiVersion", kind.api_version)
    if (named, version) != (kind.name, kind.api_version):
        why = f'no kind "{named}" is registered for version "{version}"'
        cause = {"reason": "FieldValueInvalid", "message": f"Invalid value: {why}", "field": "patch"}
        raise StatusError(422, "Invalid", f' "" is invalid: patch: Invalid value: {why}', {"causes": [cause]})
    try:
        decoded = kind.decode(document)
    except TypeMismatch as error:
        cause = {"reason": "FieldValueInvalid", "message": f"Invalid value: {error}", "field": "patch"}
        raise StatusError(422, "Invalid", f' "" is invalid: patch: Invalid value: {error}', {"causes": [cause]}) from error
    if decoded.unknown and options.validation == "Strict":
        text = ", ".join(f'unknown field "{path}"' for path in decoded.unknown)
        message = f'"" is invalid: patch: Invalid value: "{kind.name}": strict decoding error: {text}'
        causes = [{"reason": "FieldValueInvalid", "message": f"Invalid value: strict decoding error: {text}", "field": "patch"}]
        raise StatusError(422, "Invalid", " " + message, {"causes": causes})
    if decoded.unknown and options.validation == "Warn":
        request.warnings += [f'unknown field "{path}"' for path in decoded.unknown]
    return _without_kind(decoded.value)


def read_applied(request: Request, target: Target, kind: Kind) -> Object:
    """The configuration of a server-side apply."""
    body = request.json()
    if not isinstance(body, dict):
        raise bad_request("error decoding YAML: the apply configuration must be an object")
    if body.get("apiVersion") != kind.api_version:
        sent = body.get("apiVersion") or ""
        raise bad_request(f"Incorrect version specified in apply patch. Specified patch version: {sent}, expected: {kind.api_version}")
    if not body.get("kind"):
        raise bad_request("Object 'Kind' is missing in the apply configuration")
    check_kind(body, kind)
    if (body.get("metadata") or {}).get("managedFields"):
        raise bad_request("metadata.managedFields must be nil")
    decoded = _decode_config(body, target, kind)
    wrong = [f".{path}: field not declared in schema" for path in decoded.unknown]
    wrong += [f"{readable(path)}: duplicate entries for key {readable((item,))}" for path, item in duplicates(decoded.value, kind.struct)]
    if wrong:
        raise StatusError(500, "", f"failed to create typed patch object ({_described(target, kind)}): {wrong[0]}")
    return _without_kind(decoded.value)


def check_kind(body: Any, kind: Kind) -> None:
    """Raise 400 if the body is no object of this kind."""
    if not isinstance(body, dict):
        raise bad_request(f"the object provided is unrecognized (must be of type {kind.name}): couldn't get version/kind; json parse error")
    found, version = body.get("kind") or kind.name, body.get("apiVersion") or kind.api_version
    if version != kind.api_version:
        raise bad_request(f"the API version in the data ({version}) does not match the expected API version ({kind.api_version})")
    if found != kind.name:
        raise bad_request(
            f'{found} in version "{kind.version}" cannot be handled as a {kind.name}: converting to {kind.name}: unknown conversion'
        )


def check_identity(value: Object, target: Target, kind: Kind) -> None:
    """Raise 400 if an update or a patch makes another object of it."""
    metadata = value.get("metadata") or {}
    name, namespace = metadata.get("name"), metadata.get("namespace")
    if not name:
        raise bad_request(f"the name of the object ({target.name} based on URL) was undeterminable: name must be provided")
    if name != target.name:
        raise bad_request(f"the name of the object ({name}) does not match the name on the URL ({target.name})")
    if kind.namespaced and namespace and namespace != target.namespace:
        raise bad_request(f"the namespace of the object ({namespace}) does not match the namespace on the request ({target.namespace})")


def check_place(value: Object, target: Target, kind: Kind) -> None:
    """Raise 400 if the object says that it belongs elsewhere; fills in its namespace."""
    metadata = value.setdefault("metadata", {})
    if kind.namespaced:
        if metadata.setdefault("namespace", target.namespace) != target.namespace:
            raise bad_request("the namespace of the provided object does not match the namespace sent on the request")
    else:
        metadata.pop("namespace", None)
    if target.name and metadata.get("name", target.name) != target.name:
        raise bad_request(f"the name of the object ({metadata['name']}) does not match the name on the URL ({target.name})")


def _decode(body: Any, kind: Kind) -> Decoded:
    try:
        return kind.decode(body)
    except TypeMismatch as error:
        raise bad_request(f'{kind.name} in version "{kind.version}" cannot be handled as a {kind.name}: {error}') from error


def _described(target: Target, kind: Kind) -> str:
    return f"{target.namespace}/{target.name}; {kind.group}/{kind.version}, Kind={kind.name}"


def _decode_config(body: Any, target: Target, kind: Kind) -> Decoded:
    try:
        return kind.decode(body, keep_empty=True)
    except Unreadable as error:
        why = f"unable to convert unstructured object to {kind.group}/{kind.version}, Kind={kind.name}: {error}"
        what = f"failed to convert new object ({_described(target, kind)}) to proper version ({kind.api_version})"
        raise StatusError(500, "", f"{what}: {why}") from error
    except TypeMismatch as error:
        raise StatusError(500, "", f"failed to create typed patch object: {error}") from error


def _without_kind(value: Object) -> Object:
    return {key: item for key, item in value.items() if key not in ("kind", "apiVersion")}


def _report(request: Request, kind: Kind, texts: list[str], options: WriteOptions) -> None:
    if options.validation == "Strict":
        listed = ", ".join(texts)
        raise bad_request(f'{kind.name} in version "{kind.version}" cannot be handled as a {kind.name}: strict decoding error: {listed}')
    if options.validation == "Warn":
        request.warnings += texts
