"""A request and an answer, as the handlers see them."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.access.users import ANONYMOUS, User
from sandbox.api.parsing import parse_body
from sandbox.kinds.errors import StatusError, bad_request
from sandbox.kinds.table import Kind
from sandbox.schema.protobuf import MEDIA_TYPE, ProtobufError, UnknownMessage, read_protobuf
from sandbox.storage.encoding import encode

JSON = "application/json"
APPLY = "application/apply-patch+yaml"


@dataclass
class Target:
    """What a path points to; `name` is empty for collections, `namespace` for cluster-scoped objects and lists over all."""

    group: str
    version: str
    plural: str
    kind: Kind | None
    namespace: str = ""
    name: str = ""
    subresource: str = ""


@dataclass
class Request:
    """One HTTP request, already read to its end."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes
    user: User = ANONYMOUS
    warnings: list[str] = field(default_factory=list)

    def option(self, name: str, default: str = "") -> str:
        """The first value of a query parameter."""
        values = self.query.get(name)
        return values[0] if values else default

    def flag(self, name: str) -> bool:
        """Whether a boolean query parameter is set."""
        return self.option(name) in ("true", "1", "True")

    @property
    def content_type(self) -> str:
        """The media type of the body."""
        return self.headers.get("content-type", JSON).partition(";")[0].strip()

    def json(self) -> Any:
        """The body, from JSON or YAML; raises 400 or 415."""
        if self.content_type == MEDIA_TYPE:
            return _from_protobuf(self.body)
        if self.content_type not in (JSON, "application/yaml", "*/*", "") and "patch" not in self.content_type:
            raise _unknown_format()
        return parse_body(self.body, is_yaml="yaml" in self.content_type)


def _from_protobuf(body: bytes) -> Any:
    try:
        return read_protobuf(body)
    except UnknownMessage as error:
        raise _unknown_format() from error
    except ProtobufError as error:
        raise bad_request(str(error)) from error


def _unknown_format() -> StatusError:
    accepted = f"{JSON}, application/yaml, {MEDIA_TYPE}"
    message = f"the body of the request was in an unknown format - accepted media types include: {accepted}"
    return StatusError(415, "UnsupportedMediaType", message)


@dataclass
class Response:
    """An answer; `body` is encoded JSON unless the content type says otherwise."""

    code: int
    body: bytes
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)


def answer(code: int, value: Any) -> Response:
    """A JSON answer."""
    return Response(code, encode(value))


def failure(error: StatusError) -> Response:
    """The answer for an error."""
    return Response(error.code, encode(error.body()), headers=error.headers)
