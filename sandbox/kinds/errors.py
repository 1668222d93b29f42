"""Errors as the API server answers them: a Status with code, reason, details and causes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.kinds.table import Kind


@dataclass(frozen=True)
class Cause:
    """One thing wrong with one field of an object."""

    field: str
    message: str
    reason: str = "FieldValueInvalid"


class StatusError(Exception):
    """An answer that is no success; `body()` is the Status that is sent."""

    def __init__(
        self, code: int, reason: str, message: str, details: dict[str, Any] | None = None, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.code, self.reason, self.message, self.details = code, reason, message, details
        self.headers = headers or {}

    def body(self) -> dict[str, Any]:
        """The Status object."""
        status: dict[str, Any] = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": self.message}
        if self.reason:
            status["reason"] = self.reason
        if self.details is not None:
            status["details"] = self.details
        return {**status, "code": self.code}


def details_of(kind: Kind, name: str, *, by_kind: bool = False) -> dict[str, Any]:
    """The `details` that name an object, by resource or (validation) by kind."""
    details = {"name": name, "group": kind.group, "kind": kind.name if by_kind else kind.plural}
    return {key: value for key, value in details.items() if value}


def not_found(kind: Kind, name: str) -> StatusError:
    """404: no such object."""
    return StatusError(404, "NotFound", f'{kind.resource} "{name}" not found', details_of(kind, name))


def no_such_resource() -> StatusError:
    """404: no such path."""
    return StatusError(404, "NotFound", "the server could not find the requested resource", {})


def method_not_allowed() -> StatusError:
    """405."""
    return StatusError(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", {})


def already_exists(kind: Kind, name: str, *, is_going: bool = False) -> StatusError:
    """409: the name is taken, perhaps by an object that is being deleted."""
    prefix = "object is being deleted: " if is_going else ""
    return StatusError(409, "AlreadyExists", f'{prefix}{kind.resource} "{name}" already exists', details_of(kind, name))


def conflict(kind: Kind, name: str, why: str) -> StatusError:
    """409: the object is not what the caller believes."""
    message = f'Operation cannot be fulfilled on {kind.resource} "{name}": {why}'
    return StatusError(409, "Conflict", message, details_of(kind, name))


def modified(kind: Kind, name: str) -> StatusError:
    """409: a stale resourceVersion."""
    return conflict(kind, name, "the object has been modified; please apply your changes to the latest version and try again")


def must_have_version(kind: Kind, name: str) -> StatusError:
    """422: an update that does not say which version it changes, where that is asked for."""
    cause = Cause("metadata.resourceVersion", "Invalid value: 0x0: must be specified for an update")
    return _invalid(kind.resource, details_of(kind, name), name, [cause])


def bad_request(message: str) -> StatusError:
    """400."""
    return StatusError(400, "BadRequest", message)


def unauthorized() -> StatusError:
    """401."""
    return StatusError(401, "Unauthorized", "Unauthorized")


def forbidden(kind: Kind, name: str, why: str) -> StatusError:
    """403 about an object, or about a collection when `name` is empty."""
    subject = f'{kind.resource} "{name}"' if name else kind.resource
    return StatusError(403, "Forbidden", f"{subject} is forbidden: {why}", details_of(kind, name))


def expired(message: str) -> StatusError:
    """410: the resourceVersion or continue token is too old."""
    return StatusError(410, "Expired", message)


def gone(message: str) -> StatusError:
    """410 inside a watch."""
    return StatusError(410, "Expired", message)


def invalid(kind: Kind, name: str, causes: Sequence[Cause]) -> StatusError:
    """422: the object breaks rules of its kind."""
    qualified = f"{kind.name}.{kind.group}" if kind.group else kind.name
    return _invalid(qualified, details_of(kind, name, by_kind=True), name, causes)


def invalid_options(options: str, causes: Sequence[Cause]) -> StatusError:
    """422: the query parameters break rules; `options` is such as PatchOptions."""
    return _invalid(f"{options}.meta.k8s.io", {"group": "meta.k8s.io", "kind": options}, "", causes)


def _invalid(qualified: str, details: dict[str, Any], name: str, causes: Sequence[Cause]) -> StatusError:
    texts = list(dict.fromkeys(f"{cause.field}: {cause.message}" for cause in causes))
    joined = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
    listed = [{"reason": cause.reason, "message": cause.message, "field": cause.field} for cause in causes]
    return StatusError(422, "Invalid", f'{qualified} "{name}" is invalid: {joined}', {**details, "causes": listed})


def required(field: str, why: str = "") -> Cause:
    """A missing value."""
    return Cause(field, f"Required value: {why}" if why else "Required value", "FieldValueRequired")


def bad_value(field: str, value: Any, why: str) -> Cause:
    """A value that is not allowed; strings are quoted as Go does."""
    return Cause(field, f"Invalid value: {quoted(value)}: {why}")


def unsupported(field: str, value: Any, allowed: Sequence[str]) -> Cause:
    """A value outside an enumeration."""
    listed = ", ".join(f'"{each}"' for each in allowed)
    return Cause(field, f"Unsupported value: {quoted(value)}: supported values: {listed}", "FieldValueNotSupported")


def quoted(value: Any) -> str:
    """A value as Go's %v of a field error shows it."""
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return f"[]string{{{', '.join(quoted(each) for each in value)}}}"
    return str(value)
