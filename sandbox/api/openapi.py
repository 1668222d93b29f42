"""OpenAPI v3 of what is served, made from the type tables: enough for kubectl's validation, apply and explain."""

from functools import cache
from typing import Any

from sandbox.kinds.table import KINDS, Kind
from sandbox.schema.types import Anything, ListOf, MapOf, Scalar, Struct, Type

Schema = dict[str, Any]
SCALARS: dict[str, Schema] = {
    "string": {"type": "string"},
    "int": {"type": "integer", "format": "int64"},
    "bool": {"type": "boolean"},
    "number": {"type": "number"},
    "quantity": {"oneOf": [{"type": "string"}, {"type": "number"}]},
    "intstr": {"oneOf": [{"type": "integer"}, {"type": "string"}], "format": "int-or-string"},
    "time": {"type": "string", "format": "date-time"},
    "microtime": {"type": "string", "format": "date-time"},
    "bytes": {"type": "string", "format": "byte"},
}
PARAMETERS = ("dryRun", "fieldManager", "fieldValidation", "force")
ACTIONS = {"get": "get", "put": "put", "patch": "patch", "delete": "delete", "post": "post"}


def openapi(path: str) -> Schema | None:
    """The index at /openapi/v3, or the document of one group version, or None."""
    parts = [part for part in path.split("/") if part]
    if parts == ["openapi", "v3"]:
        return {"paths": {root: {"serverRelativeURL": f"/openapi/v3/{root}?hash=sandbox"} for root in _roots()}}
    root = "/".join(parts[2:])
    return _document(root) if parts[:2] == ["openapi", "v3"] and root in _roots() else None


def _root(kind: Kind) -> str:
    return f"apis/{kind.api_version}" if kind.group else "api/v1"


def _roots() -> list[str]:
    return list(dict.fromkeys(_root(kind) for kind in KINDS))


@cache
def _document(root: str) -> Schema:
    kinds = [kind for kind in KINDS if _root(kind) == root]
    schemas: dict[str, Schema] = {}
    for kind in kinds:
        _add(kind.struct, schemas)
        schemas[_name(kind.struct)]["x-kubernetes-group-version-kind"] = [_identity(kind)]
    paths = {path: item for kind in kinds for path, item in _paths(kind, root).items()}
    return {
        "openapi": "3.0.0",
        "info": {"title": "Slipway sandbox", "version": "v1.34.0"},
        "paths": paths,
        "components": {"schemas": schemas},
    }


def _identity(kind: Kind) -> dict[str, str]:
    return {"group": kind.group, "kind": kind.name, "version": kind.version}


def _paths(kind: Kind, root: str) -> dict[str, Schema]:
    space = "namespaces/{namespace}/" if kind.namespaced else ""
    collection, single = f"/{root}/{space}{kind.plural}", f"/{root}/{space}{kind.plural}/{{name}}"
    return {collection: _operations(kind, ("get", "post")), single: _operations(kind, ("get", "put", "patch", "delete"))}


def _operations(kind: Kind, methods: tuple[str, ...]) -> Schema:
    parameters = [{"name": name, "in": "query", "schema": {"type": "string"}} for name in PARAMETERS]
    answer = {"200": {"description": "OK", "content": {"application/json": {"schema": {"$ref": _reference(kind.struct)}}}}}
    more = {"x-kubernetes-group-version-kind": _identity(kind)}
    return {each: {"x-kubernetes-action": ACTIONS[each], "parameters": parameters, "responses": answer, **more} for each in methods}


def _name(kind: Struct) -> str:
    package, version, name = kind.name.split(".")
    prefix = "io.k8s.apimachinery.pkg.apis" if package == "meta" else "io.k8s.api"
    return f"{prefix}.{package}.{version}.{name}"


def _reference(kind: Struct) -> str:
    return f"#/components/schemas/{_name(kind)}"


def _add(kind: Struct, schemas: dict[str, Schema]) -> None:
    if _name(kind) in schemas:
        return
    schema: Schema = {"type": "object", "properties": {}}
    schemas[_name(kind)] = schema
    if kind.atomic:
        schema["x-kubernetes-map-type"] = "atomic"
    if kind.required:
        schema["required"] = sorted(kind.required)
    schema["properties"] = {name: _schema(each, schemas) for name, each in kind.fields.items()}


def _schema(kind: Type, schemas: dict[str, Schema]) -> Schema:
    if isinstance(kind, Struct):
        _add(kind, schemas)
        return {"allOf": [{"$ref": _reference(kind)}], "default": {}}
    if isinstance(kind, Scalar):
        return SCALARS[kind.name]
    if isinstance(kind, MapOf):
        return {"type": "object", "additionalProperties": _schema(kind.value, schemas)}
    return _list(kind, schemas) if isinstance(kind, ListOf) else _anything(kind)


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
