"""Takes out what a schema does not know, and puts in its defaults."""

from typing import Any

from sandbox.schema.decode import clone

Schema = dict[str, Any]
RESOURCE_FIELDS = ("apiVersion", "kind", "metadata")


def prune(value: Any, schema: Schema, unknown: list[str], path: str = "", *, is_resource: bool = False) -> Any:
    """A copy without unknown fields, whose paths are added to `unknown`; the values are not checked."""
    if isinstance(value, list) and isinstance(schema.get("items"), dict):
        return [prune(item, schema["items"], unknown, f"{path}[{index}]", is_resource=False) for index, item in enumerate(value)]
    if not isinstance(value, dict) or schema.get("type") not in ("object", None):
        return clone(value)
    kept = {}
    for key, item in value.items():
        where = f"{path}.{key}" if path else key
        if (is_resource or schema.get("x-kubernetes-embedded-resource")) and key in RESOURCE_FIELDS:
            kept[key] = clone(item)
        elif (known := _schema_of(key, schema)) is not None:
            kept[key] = prune(item, known, unknown, where)
        else:
            unknown.append(where)
    return kept


def set_defaults(value: Any, schema: Schema) -> None:
    """Fill in defaults, in place, where a field is missing, or null though it may not be."""
    if isinstance(value, list) and isinstance(schema.get("items"), dict):
        for item in value:
            set_defaults(item, schema["items"])
    if not isinstance(value, dict):
        return
    for key, known in (schema.get("properties") or {}).items():
        if "default" in known and (key not in value or (value[key] is None and not known.get("nullable"))):
            value[key] = clone(known["default"])
    for key, item in list(value.items()):
        if (found := _schema_of(key, schema)) is not None:
            set_defaults(item, found)


def _schema_of(key: str, schema: Schema) -> Schema | None:
    """The schema of a field; None if the field is unknown."""
    found: Schema | None = (schema.get("properties") or {}).get(key)
    if found is not None:
        return found
    more = schema.get("additionalProperties")
    if isinstance(more, dict):
        return more
    return {} if more is True or schema.get("x-kubernetes-preserve-unknown-fields") or not schema else None
