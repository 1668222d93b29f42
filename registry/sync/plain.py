"""The registry's texts and numbers as values that every database can keep and every page can show: bounded, without control characters."""

import datetime as dt
import math
import re
from typing import Any

# U+0000 is refused by PostgreSQL; escapes and marks of direction would forge what stands around them.
_UNSHOWN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
TAGS, TAG_CHARACTERS = 100, 1_000
VALUES = 200


def text(value: Any, most: int) -> str:
    """A text of at most `most` characters; empty for what is none."""
    if not isinstance(value, str):
        return ""
    clean = _UNSHOWN.sub("", value[: most + 1_000])
    return clean if len(clean) <= most else clean[: most - 1] + "…"


def moment(milliseconds: Any) -> dt.datetime | None:
    """Milliseconds since 1970 as a time; None for what is no such number or lies outside of the calendar."""
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, int | str):
        return None
    try:
        return dt.datetime.fromtimestamp(int(milliseconds) / 1000, dt.UTC) if int(milliseconds) > 0 else None
    except (ValueError, OverflowError, OSError):
        return None


def pairs(items: Any, most: int = TAGS) -> dict[str, str]:
    """MLflow's lists of key and value as a dict of texts, the first `most` in the order of their keys."""
    found = {}
    for item in items if isinstance(items, list) else []:
        if isinstance(item, dict) and (key := text(item.get("key"), 250)):
            found[key] = text(item.get("value"), TAG_CHARACTERS)
    return dict(sorted(found.items())[:most])


def numbers(items: Any) -> dict[str, float | str]:
    """MLflow's metrics by name; what JSON has no number for (NaN, infinity) is its word."""
    found: dict[str, float | str] = {}
    for item in items if isinstance(items, list) else []:
        value = item.get("value") if isinstance(item, dict) else None
        if value is not None and not isinstance(value, bool) and (key := text(item.get("key"), 250)):
            try:
                number = float(value)
            except (ValueError, TypeError):
                continue
            found[key] = number if math.isfinite(number) else str(number)
    return dict(sorted(found.items())[:VALUES])


def storable(value: Any) -> Any:
    """JSON from elsewhere as JSON that every database keeps: no U+0000, no number that is none. ValueError if it is too deep."""
    return _storable(value, 30)


def _storable(value: Any, depth: int) -> Any:
    if depth < 0:
        raise ValueError("too deep")
    if isinstance(value, str):
        return _UNSHOWN.sub("", value)
    if isinstance(value, dict):
        return {_UNSHOWN.sub("", str(key)): _storable(item, depth - 1) for key, item in value.items()}
    if isinstance(value, list):
        return [_storable(item, depth - 1) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value
