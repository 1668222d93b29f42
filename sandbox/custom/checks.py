"""Validates custom objects against their schema, with the words of a real API server."""

import re
from collections.abc import Callable, Iterator
from typing import Any, cast

from jsonschema import Draft4Validator, ValidationError
from jsonschema.validators import extend

from sandbox.custom.expressions import NAMES
from sandbox.kinds.errors import Cause, quoted, required

Schema = dict[str, Any]
TIME = re.compile(r"^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$")
DATE = re.compile(r"^\d{4}-\d\d-\d\d$")
FORMATS = {"date-time": TIME, "date": DATE}
# jsonschema's name of a check: the end of the sentence "<field> in body ...", given the limit.
SENTENCES: dict[str, Callable[[Any, Any], str]] = {
    "minimum": lambda limit, value: f"should be greater than or equal to {limit}",
    "maximum": lambda limit, value: f"should be less than or equal to {limit}",
    "minLength": lambda limit, value: f"should be at least {limit} chars long",
    "minItems": lambda limit, value: f"should have at least {limit} items",
    "minProperties": lambda limit, value: f"should have at least {limit} properties",
    "multipleOf": lambda limit, value: f"should be a multiple of {limit}",
    "pattern": lambda limit, value: f"should match '{limit}'",
    "uniqueItems": lambda limit, value: "shouldn't contain duplicates",
    "format": lambda limit, value: f"must be of type {limit}: {quoted(value)}",
}
EXCLUSIVE = {"minimum": ("exclusiveMinimum", "greater"), "maximum": ("exclusiveMaximum", "less")}
COMBINATIONS = {
    "oneOf": "must validate one and only one schema (oneOf)",
    "anyOf": "must validate at least one schema (anyOf)",
    "not": "must not validate the schema (not)",
}


class SchemaChecks:
    """Every check that one schema asks for; made once per version of a definition."""

    def __init__(self, schema: Schema) -> None:
        properties = {key: item for key, item in (schema.get("properties") or {}).items() if key not in ("metadata", "apiVersion", "kind")}
        self._schema = {**schema, "properties": properties}
        self._validator = Checker(self._schema)

    def causes(self, value: dict[str, Any]) -> list[Cause]:
        """Everything wrong with an object."""
        found = [cause for error in self._validator.iter_errors(value) for cause in _causes(error)]
        return sorted(dict.fromkeys([*found, *_duplicates(value, self._schema, "")]), key=lambda cause: cause.field)


def _nullable(check: Callable[..., Any]) -> Callable[..., Iterator[ValidationError]]:
    def checked(validator: Any, limit: Any, value: Any, schema: Schema) -> Iterator[ValidationError]:
        if not (value is None and schema.get("nullable")):
            yield from check(validator, limit, value, schema) or ()

    return checked


def _int_or_string(validator: Any, wanted: bool, value: Any, schema: Schema) -> Iterator[ValidationError]:
    if wanted and (isinstance(value, bool) or not isinstance(value, int | str)) and not (value is None and schema.get("nullable")):
        yield ValidationError("no int or string", validator="type", validator_value="integer,string", instance=value)


def _format(validator: Any, wanted: str, value: Any, schema: Schema) -> Iterator[ValidationError]:
    if wanted in FORMATS and isinstance(value, str) and not FORMATS[wanted].match(value):
        yield ValidationError("no such format", validator="format", validator_value=wanted, instance=value)


CHECKS = {name: _nullable(Draft4Validator.VALIDATORS[name]) for name in ("type", "enum")}
Checker = extend(Draft4Validator, {**CHECKS, "format": _format, "x-kubernetes-int-or-string": _int_or_string})


def _causes(error: ValidationError) -> list[Cause]:
    field, check, value, schema = _path(error), str(error.validator), cast("Any", error.instance), _dict(error.schema)
    limit = cast("Any", error.validator_value)
    if check == "required":
        missing = [key for key in limit if key not in value]
        return [required(f"{field}.{key}" if field else key) for key in missing]
    if check == "type":
        name = NAMES[type(value)]
        return [Cause(field, f'Invalid value: "{name}": {_named(field)} must be of type {limit}: "{name}"', "FieldValueTypeInvalid")]
    if check == "enum":
        listed = ", ".join(quoted(each) for each in limit)
        return [Cause(field, f"Unsupported value: {quoted(value)}: supported values: {listed}", "FieldValueNotSupported")]
    if check == "maxLength":
        return [Cause(field, f"Too long: may not be more than {limit} bytes", "FieldValueTooLong")]
    if check in ("maxItems", "maxProperties"):
        return [Cause(field, f"Too many: {len(value)}: must have at most {limit} items", "FieldValueTooMany")]
    if check in COMBINATIONS:
        none = ". Found none valid" if check == "oneOf" else ""
        return [Cause(field or "<nil>", f'Invalid value: {_shown(value)}: "{field}" {COMBINATIONS[check]}{none}')]
    if check in EXCLUSIVE and schema.get(EXCLUSIVE[check][0]):
        return [Cause(field, f"Invalid value: {_shown(value)}: {_named(field)} should be {EXCLUSIVE[check][1]} than {limit}")]
    sentence = SENTENCES[check](limit, value) if check in SENTENCES else error.message
    return [Cause(field, f"Invalid value: {_shown(value)}: {_named(field)} {sentence}")]


def _named(field: str) -> str:
    return f"{field} in body"


def _path(error: ValidationError) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.absolute_path)
    return text.removeprefix(".")


def _shown(value: Any) -> str:
    if isinstance(value, dict | list):
        return _go(value)
    return quoted(value)


def _go(value: Any) -> str:
    """JSON data as Go prints them with %#v."""
    if isinstance(value, dict):
        inner = ", ".join(f'"{key}":{_go(item)}' for key, item in sorted(value.items()))
        return f"map[string]interface {{}}{{{inner}}}"
    if isinstance(value, list):
        return f"[]interface {{}}{{{', '.join(map(_go, value))}}}"
    return "interface {}(nil)" if value is None else quoted(value)


def _duplicates(value: Any, schema: Schema, path: str) -> Iterator[Cause]:
    """Items of sets and of lists that are maps must differ."""
    if isinstance(value, list):
        yield from _equal_items(value, schema, path)
        for index, item in enumerate(value):
            yield from _duplicates(item, _dict(schema.get("items")), f"{path}[{index}]")
    elif isinstance(value, dict):
        known, more = _dict(schema.get("properties")), _dict(schema.get("additionalProperties"))
        for key, item in value.items():
            yield from _duplicates(item, known.get(key, more), f"{path}.{key}" if path else key)


def _equal_items(value: list[Any], schema: Schema, path: str) -> Iterator[Cause]:
    kind, keys = schema.get("x-kubernetes-list-type"), schema.get("x-kubernetes-list-map-keys") or []
    if kind not in ("set", "map"):
        return
    seen: list[Any] = []
    for index, item in enumerate(value):
        identity = {key: item.get(key) for key in keys if key in item} if kind == "map" and isinstance(item, dict) else item
        if identity in seen:
            yield Cause(f"{path}[{index}]", f"Duplicate value: {_go(identity)}", "FieldValueDuplicate")
        seen.append(identity)


def _dict(value: Any) -> Schema:
    return value if isinstance(value, dict) else {}
