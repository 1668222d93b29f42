"""From a structural schema to the types that decoding and field ownership work with."""

from typing import Any

from sandbox.schema.types import Anything, ListOf, MapOf, Scalar, Struct, Type, struct

Schema = dict[str, Any]
SCALARS = {"string": "string", "integer": "int", "boolean": "bool", "number": "number"}


def object_type(schema: Schema, name: str) -> Struct:
    """The type of a custom object: its schema's fields, and those that every object has."""
    fields: dict[str, Type] = {key: type_of(item) for key, item in (schema.get("properties") or {}).items()}
    fields |= {"apiVersion": Scalar("string"), "kind": Scalar("string"), "metadata": struct("meta.v1.ObjectMeta")}
    return Struct(name, fields=fields)


def type_of(schema: Schema) -> Type:
    """The type of a value."""
    if schema.get("x-kubernetes-int-or-string"):
        return Scalar("intstr")
    kind = schema.get("type")
    if kind == "array":
        return _list(schema)
    if kind == "object":
        return _object(schema)
    return Scalar(SCALARS[kind]) if kind in SCALARS else Anything()


def _object(schema: Schema) -> Type:
    atomic = schema.get("x-kubernetes-map-type") == "atomic"
    if schema.get("x-kubernetes-embedded-resource"):
        return Struct("", atomic, object_type(schema, "").fields)
    if isinstance(schema.get("additionalProperties"), dict):
        values = type_of(schema["additionalProperties"])
        return Anything() if atomic else MapOf(values)
    if not schema.get("properties"):
        return Anything()
    return Struct("", atomic, {key: type_of(item) for key, item in schema["properties"].items()})


def _list(schema: Schema) -> ListOf:
    items = schema.get("items")
    item = type_of(items) if isinstance(items, dict) else Anything()
    kind = schema.get("x-kubernetes-list-type", "atomic")
    keys = tuple(schema.get("x-kubernetes-list-map-keys") or ()) if kind == "map" else ()
    return ListOf(item, keys, kind == "set")
