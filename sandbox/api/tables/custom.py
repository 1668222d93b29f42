"""Tables of custom kinds, from the additionalPrinterColumns of their definition."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sandbox.api.tables.ages import INVALID, UNKNOWN, since
from sandbox.api.tables.columns import Column, Printer
from sandbox.kinds.rules import Object
from sandbox.selectors.jsonpath import JsonPathError, find

AGE = {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"}
NUMBERS = {"integer": int, "number": float}


def custom_printer(additional: Sequence[dict[str, Any]]) -> Printer:
    """A table with the name and the given columns (name, type, jsonPath, priority, format, description); the age without any."""
    wanted = list(additional) or [AGE]
    heads = [
        Column(each["name"], each["type"], each.get("priority", 0), each.get("format", ""), each.get("description", "")) for each in wanted
    ]

    def cells(value: Object, now: datetime) -> list[Any]:
        return [value["metadata"].get("name", ""), *(_cell(value, each["jsonPath"], each["type"], now) for each in wanted)]

    return Printer((Column("Name", format="name"), *heads), cells)


def _cell(value: Object, path: str, kind: str, now: datetime) -> Any:
    try:
        found = find(value, path)
    except JsonPathError:
        return None
    if not found or found[0] is None:
        return None
    return _as_text(found[0]) if kind == "string" else _typed(found[0], kind, now)


def _as_text(value: Any) -> str:
    if isinstance(value, dict | list):
        return json.dumps(value, separators=(",", ":"))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _typed(value: Any, kind: str, now: datetime) -> Any:
    if kind == "date":
        return _date(value, now)
    if kind == "boolean":
        return value if isinstance(value, bool) else None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return NUMBERS[kind](value)
    except ValueError:
        return None


def _date(value: Any, now: datetime) -> str:
    if not isinstance(value, str):
        return INVALID
    try:
        return since(value, now) if value else UNKNOWN
    except ValueError:
        return INVALID
