"""A request and an answer, as the handlers see them."""

import json
from dataclasses import dataclass, field
from typing import Any

import yaml

from sandbox.access.users import ANONYMOUS, User
from sandbox.kinds.errors import StatusError, bad_request
from sandbox.kinds.table import Kind
from sandbox.storage.stored import encode

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
        if self.content_type not in (JSON, "application/yaml", "*/*", "") and "patch" not in self.content_type:
            message = f"the body of the request was in an unknown format - accepted media types include: {JSON}, application/yaml"
            raise StatusError(415, "UnsupportedMediaType", message)
        return parse_body(self.body, is_yaml="yaml" in self.content_type)


def parse_body(body: bytes, *, is_yaml: bool = False) -> Any:
    """Read JSON, or YAML where that is expected."""
    try:
        return json.loads(body)
    except ValueError as error:
        if not is_yaml:
            shown = body.decode(errors="replace")[:100] or "<empty>"
            raise bad_request(f"couldn't get version/kind; json parse error: {error} ({shown})") from error
    try:
        return yaml.load(body, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  a safe loader either way
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise bad_request(f"error decoding YAML: error converting YAML to JSON: yaml: {str(error).splitlines()[0]}") from error


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
