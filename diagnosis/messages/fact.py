"""What was read out of the cluster's words, and how a family of messages is described: shapes, tried in order."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

LONGEST_VALUE = 300


@dataclass(frozen=True)
class Amount:
    """One resource in the words of a quota: what is asked, used and allowed, as Kubernetes writes quantities."""

    resource: str
    requested: str
    used: str
    limited: str


@dataclass(frozen=True)
class Fact:
    """One thing that the cluster said. `code` names it, and its explanation; `values` are names and amounts, as it wrote them."""

    code: str
    values: Mapping[str, str] = field(default_factory=dict)
    amounts: tuple[Amount, ...] = ()
    parts: tuple[str, ...] = ()


def fact(code: str, **values: object) -> Fact:
    """A fact whose values are cut to what a sentence can hold; what is None is empty."""
    return Fact(code, {name: "" if value is None else str(value)[:LONGEST_VALUE] for name, value in values.items()})


@dataclass(frozen=True)
class Shape:
    """`pattern` is looked for in a message; its named groups become the fact's values. With `reasons`, only under one of these."""

    code: str
    pattern: str
    reasons: tuple[str, ...] = ()

    def read(self, reason: str, message: str) -> Fact | None:
        """The fact, if the message has this shape."""
        if self.reasons and reason not in self.reasons:
            return None
        found = re.search(self.pattern, message, re.DOTALL)
        return fact(self.code, **found.groupdict()) if found else None


def first(shapes: Iterable[Shape], reason: str, message: str) -> list[Fact]:
    """The fact of the first shape that the message has; none of a message that has no such shape."""
    return next(([found] for shape in shapes if (found := shape.read(reason, message))), [])
