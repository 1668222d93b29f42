"""The part of JSONPath that printer columns and conditions use: fields, indexes, wildcards, filters by equality."""

import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

Step = Callable[[Any], Iterable[Any]]
TOKEN = re.compile(
    r"\.(?P<field>(?:\\.|[^.\[\]\\])+)"
    r"|\[(?P<index>-?\d+)\]"
    r"|(?P<every>\[\*\])"
    r"|\['(?P<quoted>[^']*)'\]"
    r"|\[\?\(@(?P<path>[^=!<>\s]*)\s*(?:(?P<operator>==|!=)\s*(?P<value>\"[^\"]*\"|'[^']*'|[^)]*))?\)\]"
)


class JsonPathError(ValueError):
    """The path is outside the part of JSONPath that is understood."""


def find(value: Any, path: str) -> list[Any]:
    """Every value at a path such as `.status.conditions[?(@.type=="Ready")].status`; raises JsonPathError."""
    found = [value]
    for step in _steps(path):
        found = [each for item in found for each in step(item)]
    return found


@cache
def _steps(path: str) -> tuple[Step, ...]:
    text = path.strip().removeprefix("{").removesuffix("}").removeprefix("$")
    steps, position = [], 0
    text = text if text.startswith((".", "[")) else f".{text}"
    while position < len(text) and text != ".":
        match = TOKEN.match(text, position)
        if match is None:
            raise JsonPathError(f"unrecognized character in action: {text[position:]}")
        steps.append(_step(match))
        position = match.end()
    return tuple(steps)


def _step(match: re.Match[str]) -> Step:
    if match["every"]:
        return lambda item: item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
    if match["index"]:
        return _at(int(match["index"]))
    if match["path"] is not None:
        return _filter(match["path"], match["operator"], match["value"])
    name = re.sub(r"\\(.)", r"\1", match["field"] if match["quoted"] is None else match["quoted"])
    if name == "*":
        return lambda item: item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
    return lambda item: (item[name],) if isinstance(item, dict) and name in item else ()


def _at(index: int) -> Step:
    return lambda item: (item[index],) if isinstance(item, list) and -len(item) <= index < len(item) else ()


def _filter(path: str, operator: str | None, text: str | None) -> Step:
    wanted = (text or "").strip()
    quoted = wanted[:1] in ("'", '"')

    def holds(item: Any) -> bool:
        found = find(item, path) if path else [item]
        if operator is None:
            return bool(found)
        equal = any(each == wanted[1:-1] if quoted else str(each).lower() == wanted.lower() for each in found)
        return equal == (operator == "==")

    return lambda item: [each for each in item if holds(each)] if isinstance(item, list) else ()
