"""Label selectors: the text form of queries and the object form inside specs."""

import re
from collections.abc import Callable
from typing import Any

Labels = dict[str, str]
Matcher = Callable[[Labels], bool]
OPERATORS = ("=", "==", "!=", "<", ">", "(", ")")
TOKEN = re.compile(r"\s*(==|!=|=|[(),!<>]|[^\s=!(),<>]+)\s*")


class SelectorError(ValueError):
    """The selector cannot be parsed."""


def parse_labels(text: str) -> Matcher:
    """A predicate for a query such as `a=b,c in (d,e),!f`."""
    tokens = [match.group(1) for match in TOKEN.finditer(text)]
    requirements = []
    while tokens:
        if tokens[0] in OPERATORS:
            raise SelectorError(f"found '{tokens[0]}', expected: !, identifier, or 'end of string'")
        requirements.append(_requirement(tokens))
        if tokens and tokens.pop(0) != ",":
            raise SelectorError(f"unable to parse requirement: found '{text}', expected: ',' or 'end of string'")
    return lambda labels: all(each(labels) for each in requirements)


def selects(selector: dict[str, Any] | None, labels: Labels) -> bool:
    """Whether a LabelSelector object matches; None matches nothing, empty everything."""
    if selector is None:
        return False
    if any(labels.get(key) != value for key, value in (selector.get("matchLabels") or {}).items()):
        return False
    return all(_expression(each, labels) for each in selector.get("matchExpressions") or [])


def _expression(expression: dict[str, Any], labels: Labels) -> bool:
    key, values = expression["key"], expression.get("values") or []
    return {
        "In": lambda: labels.get(key) in values,
        "NotIn": lambda: labels.get(key) not in values,
        "Exists": lambda: key in labels,
        "DoesNotExist": lambda: key not in labels,
    }.get(expression["operator"], lambda: False)()


def _requirement(tokens: list[str]) -> Matcher:
    if tokens[0] == "!":
        tokens.pop(0)
        absent = _word(tokens)
        return lambda labels: absent not in labels
    key = _word(tokens)
    if not tokens or tokens[0] == ",":
        return lambda labels: key in labels
    operator = tokens.pop(0)
    if operator in ("in", "notin"):
        values = _values(tokens)
        return (lambda labels: labels.get(key) in values) if operator == "in" else (lambda labels: labels.get(key) not in values)
    value = _word(tokens) if tokens and tokens[0] != "," else ""
    if operator in ("=", "=="):
        return lambda labels: labels.get(key) == value
    if operator == "!=":
        return lambda labels: labels.get(key) != value
    return _comparison(operator, key, value)


def _comparison(operator: str, key: str, value: str) -> Matcher:
    if operator not in ("<", ">") or not value.lstrip("-").isdigit():
        raise SelectorError(f"unable to parse requirement: found '{operator}', expected: in, notin, =, ==, !=, gt, lt")
    bound, sign = int(value), 1 if operator == ">" else -1

    def compare(labels: Labels) -> bool:
        own = labels.get(key, "")
        return own.lstrip("-").isdigit() and sign * int(own) > sign * bound

    return compare


def _word(tokens: list[str]) -> str:
    word = tokens.pop(0) if tokens else ""
    if not word or word in "(),!<>=":
        raise SelectorError(f"unable to parse requirement: found '{word}', expected: identifier")
    return word


def _values(tokens: list[str]) -> list[str]:
    if not tokens or tokens.pop(0) != "(":
        raise SelectorError("unable to parse requirement: found '', expected: '('")
    if not tokens:
        raise SelectorError("unable to parse requirement: found '', expected: ',', ')' or identifier")
    values: list[str] = []
    while tokens and tokens[0] != ")":
        word = tokens.pop(0)
        if word != ",":
            values.append(word)
    if not tokens:
        raise SelectorError("unable to parse requirement: found '', expected: ',' or ')'")
    tokens.pop(0)
    return values
