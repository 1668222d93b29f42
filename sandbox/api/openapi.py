"""OpenAPI v3 of what is served, made from the type tables and the custom schemas: enough for kubectl's validation, apply and explain."""

import hashlib
from typing import Any

from sandbox.api.descriptions import words_of
from sandbox.custom.kind import CustomKind
from sandbox.kinds.served import Served
from sandbox.kinds.table import Kind
from sandbox.schema.types import Anything, ListOf, MapOf, Scalar, Struct, Type, struct
from sandbox.storage.encoding import encode

Schema = dict[str, Any]
SCALARS: dict[str, Schema] = {
    "string": {"type": "string"},
    "int": {"type": "integer", "format": "int64"},
    "bool": {"type": "boolean"},
    "number": {"type": "number"},
    "bytes": {"type": "string", "format": "byte"},
}
# Scalars that have a name of their own.
MACHINERY = "io.k8s.apimachinery.pkg"
NAMED: dict[str, tuple[str, Schema]] = {
    "quantity": (f"{MACHINERY}.api.resource.Quantity", {"oneOf": [{"type": "string"}, {"type": "number"}]}),
    "intstr": (
        f"{MACHINERY}.util.intstr.IntOrString",
        {"oneOf": [{"type": "integer"}, {"type": "string"}], "format": "int-or-string"},
    ),
    "time": (f"{MACHINERY}.apis.meta.v1.Time", {"type": "string", "format": "date-time"}),
    "microtime": (f"{MACHINERY}.apis.meta.v1.MicroTime", {"type": "string", "format": "date-time"}),
}
# What every kind begins with; definitions of custom ones do not say it themselves.
HEAD: Schema = {
    "apiVersion": {"type": "string", "description": "The group and version of this object's schema."},
    "kind": {"type": "string", "description": "The kind of this object, in CamelCase. It cannot be changed."},
    "metadata": {
        "allOf": [{"$ref": f"#/components/schemas/{MACHINERY}.apis.meta.v1.ObjectMeta"}],
        "description": "Standard object's metadata.",
    },
}
PREFIXES = {
    "meta": f"{MACHINERY}.apis",
    "apiextensions": "io.k8s.apiextensions-apiserver.pkg.apis",
    "apiregistration": "io.k8s.kube-aggregator.pkg.apis",
}
PARAMETERS = ("dryRun", "fieldManager", "fieldValidation", "force")
ACTIONS = {"get": "get", "put": "put", "patch": "patch", "delete": "delete", "post": "post"}


class OpenApi:
    """The documents of one server, made anew when its kinds change."""

    def __init__(self, kinds: Served) -> None:
        self._kinds, self._revision = kinds, -1
        self._documents: dict[str, bytes] = {}

    def at(self, path: str) -> bytes | None:
        """The index at /openapi/v3, or the document of one group version, as JSON; or None."""
        if self._revision != self._kinds.revision:
            self._revision, self._documents = self._kinds.revision, {}
        parts = [part for part in path.split("/") if part]
        if parts == ["openapi", "v3"]:
            return encode({"paths": {root: {"serverRelativeURL": self._address(root)} for root in self._roots()}})
        root = "/".join(parts[2:])
        return self._document(root) if parts[:2] == ["openapi", "v3"] and root in self._roots() else None

    def _roots(self) -> list[str]:
        return list(dict.fromkeys(_root(kind) for kind in self._kinds))

    def _address(self, root: str) -> str:
        # Clients keep a document for as long as its address stands.
        digest = hashlib.sha256(self._document(root)).hexdigest()[:32].upper()
        return f"/openapi/v3/{root}?hash={digest}"

    def _document(self, root: str) -> bytes:
        if root not in self._documents:
            self._documents[root] = encode(_document([kind for kind in self._kinds if _root(kind) == root], root))
        return self._documents[root]


def _root(kind: Kind) -> str:
    return f"apis/{kind.api_version}" if kind.group else "api/v1"


def _document(kinds: list[Kind], root: str) -> Schema:
    schemas: dict[str, Schema] = {}
    for kind in kinds:
        if isinstance(kind, CustomKind):
            _add(struct("meta.v1.ObjectMeta"), schemas)
            schemas[_schema_name(kind)] = _custom_schema(kind)
        else:
            _add(kind.struct, schemas)
        schemas[_schema_name(kind)]["x-kubernetes-group-version-kind"] = [_identity(kind)]
    paths = {path: item for kind in kinds for path, item in _paths(kind, root).items()}
    return {
        "openapi": "3.0.0",
        "info": {"title": "Slipway sandbox", "version": "v1.34.0"},
        "paths": paths,
        "components": {"schemas": schemas},
    }


def _schema_name(kind: Kind) -> str:
    """Groups of custom kinds are turned round, as the names of Java packages are."""
    if isinstance(kind, CustomKind):
        return ".".join([*reversed(kind.group.split(".")), kind.version, kind.name])
    return _name(kind.struct)


def _custom_schema(kind: CustomKind) -> Schema:
    return {"type": "object", **kind.schema, "properties": {**(kind.schema.get("properties") or {}), **HEAD}}


def _identity(kind: Kind) -> dict[str, str]:
    return {"group": kind.group, "kind": kind.name, "version": kind.version}


def _paths(kind: Kind, root: str) -> dict[str, Schema]:
    space = "namespaces/{namespace}/" if kind.namespaced else ""
    collection, single = f"/{root}/{space}{kind.plural}", f"/{root}/{space}{kind.plural}/{{name}}"
    return {collection: _operations(kind, ("get", "post")), single: _operations(kind, ("get", "put", "patch", "delete"))}


def _operations(kind: Kind, methods: tuple[str, ...]) -> Schema:
    parameters = [{"name": name, "in": "query", "schema": {"type": "string"}} for name in PARAMETERS]
    answer = {"200": {"description": "OK", "content": {"application/json": {"schema": {"$ref": _reference(_schema_name(kind))}}}}}
    more = {"x-kubernetes-group-version-kind": _identity(kind)}
    return {each: {"x-kubernetes-action": ACTIONS[each], "parameters": parameters, "responses": answer, **more} for each in methods}


def _name(kind: Struct) -> str:
    package, version, name = kind.name.split(".")
    prefix = PREFIXES.get(package, "io.k8s.api")
    return f"{prefix}.{package}.{version}.{name}"


def _reference(name: str) -> str:
    return f"#/components/schemas/{name}"


def _add(kind: Struct, schemas: dict[str, Schema]) -> None:
    if _name(kind) in schemas:
        return
    schema: Schema = {"type": "object", "properties": {}}
    schemas[_name(kind)] = schema
    if kind.atomic:
        schema["x-kubernetes-map-type"] = "atomic"
    if kind.required:
        schema["required"] = sorted(kind.required)
    words = words_of(kind)
    schema |= {"description": words.own} if words.own else {}
    schema["properties"] = {name: _described(_schema(each, schemas), words.fields.get(name, "")) for name, each in kind.fields.items()}


def _described(schema: Schema, words: str) -> Schema:
    """Beside a reference nothing else is read, so it is put into a list of one."""
    if not words:
        return schema
    return {"allOf": [schema], "description": words} if "$ref" in schema else {**schema, "description": words}


def _schema(kind: Type, schemas: dict[str, Schema]) -> Schema:
    if isinstance(kind, Struct):
        _add(kind, schemas)
        return {"allOf": [{"$ref": _reference(_name(kind))}], "default": {}}
    if isinstance(kind, Scalar):
        return _scalar(kind, schemas)
    if isinstance(kind, MapOf):
        return {"type": "object", "additionalProperties": _schema(kind.value, schemas)}
    return _list(kind, schemas) if isinstance(kind, ListOf) else _anything(kind)


def _scalar(kind: Scalar, schemas: dict[str, Schema]) -> Schema:
    if kind.name not in NAMED:
        return SCALARS[kind.name]
    name, schema = NAMED[kind.name]
    schemas[name] = schema
    return {"$ref": _reference(name)}


def _anything(kind: Anything) -> Schema:
    return {"type": "object"}


def _list(kind: ListOf, schemas: dict[str, Schema]) -> Schema:
    schema: Schema = {"type": "array", "items": _schema(kind.item, schemas)}
    schema["x-kubernetes-list-type"] = "map" if kind.keys else "set" if kind.is_set else "atomic"
    if kind.keys:
        schema["x-kubernetes-list-map-keys"] = list(kind.keys)
    if kind.merges:
        schema["x-kubernetes-patch-strategy"] = "merge"
        schema |= {"x-kubernetes-patch-merge-key": kind.merge_key} if kind.merge_key else {}
    return schema
