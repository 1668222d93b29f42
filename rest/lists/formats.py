"""Rows as CSV and JSON: values as plain as they can be, and no cell that a spreadsheet would run."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

# A spreadsheet takes a cell that begins so for a formula, and a formula reaches out to the network.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
# Without it Excel reads a file in the code page of the machine, and garbles what is not ASCII.
BYTE_ORDER_MARK = "\ufeff"
Names = Sequence[str]


def plain(value: Any) -> Any:
    """A value for JSON: times in ISO 8601 and UTC; what is no value of JSON as its text."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value if value is None or isinstance(value, bool | int | float | list | dict) else str(value)


def cell(value: Any) -> str:
    """A value for CSV: empty for none, JSON for what has parts, and a text that would be a formula behind an apostrophe."""
    bare = plain(value)
    if bare is None:
        return ""
    if not isinstance(bare, str):
        return json.dumps(bare, ensure_ascii=False)
    return f"'{bare}" if bare.startswith(FORMULA) else bare


def _csv_line(values: Sequence[Any]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow([cell(value) for value in values])
    return text.getvalue()


def _json_line(names: Names, values: Sequence[Any]) -> str:
    return json.dumps(dict(zip(names, map(plain, values), strict=True)), ensure_ascii=False)


@dataclass(frozen=True)
class Format:
    """What `?format=` can name: the file's type, and its texts: at its beginning, for each row, between rows, at its end."""

    content_type: str
    opening: Callable[[Names], str]
    line: Callable[[Names, Sequence[Any]], str]
    joint: str = ""
    closing: str = ""


FORMATS = {
    "csv": Format("text/csv; charset=utf-8", lambda names: BYTE_ORDER_MARK + _csv_line(names), lambda names, values: _csv_line(values)),
    "json": Format("application/json", lambda names: "[\n", _json_line, ",\n", "\n]\n"),
}
