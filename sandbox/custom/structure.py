"""Whether a schema is structural: every value has one type, and nothing that pruning could not follow."""

from collections.abc import Iterator
from typing import Any

from sandbox.custom.expressions import rule_problem
from sandbox.kinds.errors import Cause, bad_value, required, unsupported

Schema = dict[str, Any]
TYPES = ("array", "boolean", "integer", "number", "object", "string")
FORBIDDEN = ("definitions", "dependencies", "patternProperties", "$ref", "additionalItems", "id")
# Inside allOf, anyOf, oneOf and not, which only check values and shape nothing.
VALUE_ONLY = ("type", "default", "additionalProperties", "nullable", "x-kubernetes-preserve-unknown-fields", "description", "title")
JUNCTIONS = ("allOf", "anyOf", "oneOf")


def check_structure(schema: Schema, field: str) -> list[Cause]:
    """Everything that keeps a schema from being structural."""
    causes = list(_walk(schema, field, is_root=True))
    if schema.get("type") not in ("object", None):
        causes.append(Cause(f"{field}.type", f'Invalid value: "{schema["type"]}": must be object at the root'))
    return causes


def _walk(schema: Schema, field: str, *, is_root: bool = False) -> Iterator[Cause]:
    yield from _type(schema, field, is_root=is_root)
    for key in FORBIDDEN:
        if key in schema:
            yield Cause(f"{field}.{key}", "Forbidden: must not be set", "FieldValueForbidden")
    if schema.get("uniqueItems"):
        yield Cause(f"{field}.uniqueItems", "Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic", "FieldValueForbidden")  # noqa: E501  # fmt: skip
    if schema.get("properties") and isinstance(schema.get("additionalProperties"), dict):
        yield Cause(f"{field}.additionalProperties", "Forbidden: additionalProperties and properties are mutual exclusive", "FieldValueForbidden")  # noqa: E501  # fmt: skip
    for index, rule in enumerate(schema.get("x-kubernetes-validations") or []):
        if problem := rule_problem(rule["rule"]):
            yield bad_value(f"{field}.x-kubernetes-validations[{index}].rule", rule["rule"], f"compilation failed: {problem}")
    yield from _list(schema, field)
    yield from _parts(schema, field)
    for key in JUNCTIONS:
        for index, each in enumerate(schema.get(key) or []):
            yield from _value_only(each, f"{field}.{key}[{index}]", schema)


def _type(schema: Schema, field: str, *, is_root: bool) -> Iterator[Cause]:
    kind = schema.get("type")
    free = schema.get("x-kubernetes-int-or-string") or schema.get("x-kubernetes-preserve-unknown-fields")
    if not kind and (is_root or not free):
        where = "at the root" if is_root else "for specified object fields" if ".properties[" in field else "for specified array items"
        yield required(f"{field}.type", f"must not be empty {where}")
    elif kind and kind not in TYPES:
        yield unsupported(f"{field}.type", kind, TYPES)
    elif kind and schema.get("x-kubernetes-int-or-string"):
        yield Cause(f"{field}.type", f'Invalid value: "{kind}": must be empty if x-kubernetes-int-or-string is true')


def _list(schema: Schema, field: str) -> Iterator[Cause]:
    kind, items = schema.get("x-kubernetes-list-type"), schema.get("items")
    if schema.get("type") == "array" and items is None:
        yield required(f"{field}.items", "must be specified")
    if isinstance(items, list):
        yield Cause(f"{field}.items", "Forbidden: items must be a schema object and not an array", "FieldValueForbidden")
    if kind is not None and kind not in ("atomic", "map", "set"):
        yield unsupported(f"{field}.x-kubernetes-list-type", kind, ("atomic", "map", "set"))
    if kind == "map":
        yield from _keys(schema, field)


def _keys(schema: Schema, field: str) -> Iterator[Cause]:
    keys = schema.get("x-kubernetes-list-map-keys") or []
    items = schema.get("items") if isinstance(schema.get("items"), dict) else {}
    if not keys:
        yield required(f"{field}.x-kubernetes-list-map-keys", "must not be empty if x-kubernetes-list-type is map")
    known, always = (items or {}).get("properties") or {}, (items or {}).get("required") or []
    for index, key in enumerate(keys):
        where = f"{field}.x-kubernetes-list-map-keys[{index}]"
        if key not in known:
            yield Cause(where, f'Invalid value: "{key}": must be a property of the items')
        elif key not in always and "default" not in known[key]:
            yield required(
                f"{field}.items.properties[{key}].default",
                "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property",
            )


def _parts(schema: Schema, field: str) -> Iterator[Cause]:
    for key, item in (schema.get("properties") or {}).items():
        if not (field.endswith("openAPIV3Schema") and key in ("apiVersion", "kind", "metadata")):
            yield from _walk(item, f"{field}.properties[{key}]")
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            yield from _walk(schema[key], f"{field}.{key}")


def _value_only(schema: Schema, field: str, around: Schema) -> Iterator[Cause]:
    """A junction may repeat a type only for int-or-string."""
    for key in VALUE_ONLY:
        if key in schema and not (key == "type" and around.get("x-kubernetes-int-or-string")):
            yield Cause(f"{field}.{key}", "Forbidden: must be empty to be structural", "FieldValueForbidden")
    for key, item in (schema.get("properties") or {}).items():
        known = (around.get("properties") or {}).get(key)
        if known is None:
            yield required(f"{field.rpartition('.')[0]}.properties[{key}]", f"because it is defined in {field}.properties[{key}]")
        else:
            yield from _value_only(item, f"{field}.properties[{key}]", known)
