"""Admission by Pod Security: which rights of a pod the namespace's level does not allow."""

import re
from dataclasses import replace

from diagnosis.messages.fact import LONGEST_VALUE, Fact, fact

_VIOLATES = re.compile(r'violates? PodSecurity "(?P<level>[^":]+)[^"]*": (?P<violations>.+)$', re.DOTALL)


def read(reason: str, message: str) -> list[Fact]:
    """The level, and each violation as a part."""
    found = _VIOLATES.search(message)
    if found is None:
        return []
    parts = tuple(part[:LONGEST_VALUE] for part in _separate(found["violations"]))
    return [replace(fact("pod-security", level=found["level"]), parts=parts)]


def _separate(text: str) -> list[str]:
    """At commas outside of brackets."""
    found, depth, start = [], 0, 0
    for at, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            found.append(text[start:at])
            start = at + 1
    return [part.strip() for part in [*found, text[start:]] if part.strip()]
