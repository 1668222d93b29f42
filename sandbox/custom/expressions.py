"""The validation rules of a schema (x-kubernetes-validations), written in the Common Expression Language."""

import importlib
import logging
import re
from collections.abc import Iterator
from typing import Any

from sandbox.kinds.errors import Cause

Schema = dict[str, Any]
log = logging.getLogger(__name__)
NAMES = {dict: "object", list: "array", str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}
REASONS = {"FieldValueForbidden": "Forbidden: ", "FieldValueRequired": "Required value: "}
MISSING = object()
# How a field is named in an expression when its name is no identifier or a word of the language.
ESCAPES = {".": "__dot__", "-": "__dash__", "/": "__slash__", "__": "__underscores__"}
WORDS = frozenset({*("true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let"),
                   *("loop", "package", "namespace", "return", "var", "void", "while")})  # fmt: skip


def broken_rules(value: Any, schema: Schema) -> list[Cause]:
    """Every rule about one state that a value breaks."""
    return list(_walk(value, MISSING, schema, "", transitions=False))


def broken_transitions(value: Any, old: Any, schema: Schema) -> list[Cause]:
    """Every rule about a change (one that mentions oldSelf) that the change from `old` to `value` breaks."""
    return list(_walk(value, old, schema, "", transitions=True))


def rule_problem(expression: str) -> str | None:
    """Why an expression cannot be read, or None."""
    try:
        importlib.import_module("cel").compile(expression)
    except (RuntimeError, ValueError) as error:
        return str(error).partition("\n")[0]
    return None


def has_rules(schema: Any) -> bool:
    """Whether there is a rule anywhere in a schema."""
    if isinstance(schema, dict):
        return bool(schema.get("x-kubernetes-validations")) or any(has_rules(each) for each in schema.values())
    return isinstance(schema, list) and any(has_rules(each) for each in schema)


def _walk(value: Any, old: Any, schema: Schema, path: str, *, transitions: bool) -> Iterator[Cause]:
    if value is None:
        return
    for rule in schema.get("x-kubernetes-validations") or []:
        if bool(re.search(r"\boldSelf\b", rule["rule"])) == transitions and (not transitions or old is not MISSING):
            yield from _broken(rule, value, old, schema, path)
    for key, item, before, known in _parts(value, old, schema):
        where = f"{path}{key}" if key.startswith("[") else f"{path}.{key}".lstrip(".")
        yield from _walk(item, before, known, where, transitions=transitions)


def _parts(value: Any, old: Any, schema: Schema) -> Iterator[tuple[str, Any, Any, Schema]]:
    """The parts of a value: where they are, what they were, their schema."""
    if isinstance(value, dict):
        known, more = schema.get("properties") or {}, schema.get("additionalProperties")
        for key, item in value.items():
            part = known.get(key, more)
            if isinstance(part, dict):
                yield key, item, old.get(key, MISSING) if isinstance(old, dict) else MISSING, part
    elif isinstance(value, list) and isinstance(schema.get("items"), dict):
        for index, item in enumerate(value):
            yield f"[{index}]", item, _former(item, old, schema), schema["items"]


def _former(item: Any, old: Any, schema: Schema) -> Any:
    """The former item of the same keys; items of other lists have no identity."""
    keys = schema.get("x-kubernetes-list-map-keys") or []
    if not keys or not isinstance(old, list) or not isinstance(item, dict):
        return MISSING
    return next((each for each in old if all(each.get(key) == item.get(key) for key in keys)), MISSING)


def _broken(rule: Schema, value: Any, old: Any, schema: Schema, path: str) -> Iterator[Cause]:
    names = {"self": _view(value, schema)} | ({"oldSelf": _view(old, schema)} if old is not MISSING else {})
    try:
        holds = _evaluate(rule["rule"], names)
    except (RuntimeError, ValueError, TypeError, KeyError, IndexError) as error:
        if "Undefined variable or function" in str(error):
            log.warning("the rule %r uses what this server lacks and is not checked: %s", rule["rule"], error)
            return
        yield Cause(path or "<nil>", f'Invalid value: "{NAMES[type(value)]}": rule evaluation error: {error}')
        return
    if not holds:
        reason = rule.get("reason", "FieldValueInvalid")
        start = REASONS.get(reason, f'Invalid value: "{NAMES[type(value)]}": ')
        yield Cause((path + rule.get("fieldPath", "")).lstrip(".") or "<nil>", start + _message(rule, names), reason)


def _message(rule: Schema, names: dict[str, Any]) -> str:
    if rule.get("messageExpression"):
        try:
            return str(_evaluate(rule["messageExpression"], names))
        except (RuntimeError, ValueError, TypeError, KeyError, IndexError) as error:
            log.info("messageExpression %r: %s", rule["messageExpression"], error)
    return str(rule.get("message") or f"failed rule: {rule['rule']}")


def _evaluate(expression: str, names: dict[str, Any]) -> Any:
    # Its import takes a quarter of a second, which a server without such rules need not spend at its start.
    return importlib.import_module("cel").evaluate(expression, names)


def _view(value: Any, schema: Schema) -> Any:
    """A value as expressions see it: field names escaped, keys of free maps as they are."""
    if isinstance(value, list):
        items = schema.get("items")
        return [_view(item, items if isinstance(items, dict) else {}) for item in value]
    if not isinstance(value, dict):
        return value
    known, more = schema.get("properties") or {}, schema.get("additionalProperties")
    rest = more if isinstance(more, dict) else {}
    return {(_escaped(key) if key in known else key): _view(item, known.get(key, rest)) for key, item in value.items()}


def _escaped(name: str) -> str:
    if name in WORDS:
        return f"__{name}__"
    return re.sub(r"__|[./-]", lambda match: ESCAPES[match[0]], name)
