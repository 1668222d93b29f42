"""Values that somebody writes into the form, in the types of the signature."""

import json
import math
import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from deployments.trying.signature import Input

WHOLE = re.compile(r"-?\d{1,19}", re.ASCII)
MOMENT = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?)?", re.ASCII)
BOUNDS = {"integer": 2**31, "long": 2**63}


def parse_value(given: Input, text: str) -> Any:
    """The value of a column or tensor; None for an empty text of one that may be absent. Raises ValidationError, telling what to write."""
    if not text.strip() and not given.required:
        return None
    if given.shape is not None:
        return _nested(text)
    if given.kind in BOUNDS:
        return _whole(text.strip(), BOUNDS[given.kind])
    if given.kind in ("float", "double"):
        return _real(text.strip())
    if given.kind == "boolean":
        return _truth(text.strip())
    if given.kind == "datetime" and not MOMENT.fullmatch(text.strip()):
        raise ValidationError(_("Write a date or a time, such as 2026-01-31 or 2026-01-31T12:00:00."))
    if given.kind in ("string", "binary", "datetime"):
        return text
    return _any_json(text)


def written(value: Any) -> str:
    """The text that stands for a value of the input example."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _whole(text: str, bound: int) -> int:
    if not WHOLE.fullmatch(text) or not -bound <= int(text) < bound:
        raise ValidationError(_("Write a whole number, such as 1 or -2."))
    return int(text)


def _real(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or "_" in text:
        raise ValidationError(_("Write a number, such as 1.5 or -2e3."))
    return value


def _truth(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValidationError(_("Choose true or false."))
    return text == "true"


def _nested(text: str) -> Any:
    value = _any_json(text)
    if not isinstance(value, list) or not value:
        raise ValidationError(_("Write a list of rows, such as [[1.0, 2.0]]."))
    return value


def _any_json(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=lambda name: 1 / 0)
    except (ValueError, RecursionError, ZeroDivisionError):
        raise ValidationError(_("This is no JSON. Texts stand in double quotes, lists in brackets.")) from None
