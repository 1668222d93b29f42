"""Prometheus' text format -> the samples that somebody asks for. The text is a stranger's: whatever it is, reading it is bounded."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import islice
from math import isfinite

from prometheus_client.parser import text_string_to_metric_families

from kube.errors import safe_text

MOST_LINES = 5_000
LONGEST_LINE = 4_096
# Above it a float does not know single requests any more.
LARGEST = float(2**53)
DECLARED = re.compile(rb"^#[ \t]+TYPE[ \t]+([a-zA-Z_:][a-zA-Z0-9_:]*)[ \t]", re.MULTILINE)


class Unreadable(Exception):
    """The text is not in Prometheus' format, or has more of what was asked for than can be true."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One line: `value` is finite and not negative."""

    name: str
    labels: Mapping[str, str]
    value: float


@dataclass(frozen=True, slots=True)
class Exposition:
    """`declared` are the names in the text's TYPE lines: a counter that has counted nothing yet has no other line."""

    samples: list[Sample]
    declared: frozenset[str]

    def has(self, name: str) -> bool:
        """Whether samples of this name are there, or could come."""
        base = re.sub(r"_(total|count|bucket)$", "", name)
        return name in self.declared or base in self.declared or any(sample.name == name for sample in self.samples)


def read(body: bytes, names: frozenset[str], about: Iterable[str] = ()) -> Exposition:
    """The samples of these names; with `about`, only of lines that hold one of these texts. Raises Unreadable."""
    kept = list(islice(_lines(body, names, [text.encode() for text in about]), MOST_LINES + 1))
    if len(kept) > MOST_LINES:
        raise Unreadable(f"more than {MOST_LINES} lines of the names that were asked for")
    declared = frozenset(match[1].decode() for match in islice(DECLARED.finditer(body), MOST_LINES))
    return Exposition(list(_samples(b"\n".join(kept).decode(errors="replace"))), declared)


def _lines(body: bytes, names: frozenset[str], about: list[bytes]) -> Iterable[bytes]:
    for match in _pattern(names).finditer(body):
        line = match[0]
        if len(line) <= LONGEST_LINE and (not about or any(text in line for text in about)):
            yield line


@cache
def _pattern(names: frozenset[str]) -> re.Pattern[bytes]:
    either = b"|".join(re.escape(name).encode() for name in sorted(names))
    return re.compile(rb"^(?:" + either + rb")(?=[ \t{])[^\n]*", re.MULTILINE)


def _samples(text: str) -> Iterable[Sample]:
    """Without TYPE lines the parser leaves names as they are."""
    try:
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                value = float(sample.value)
                if isfinite(value) and 0 <= value <= LARGEST:
                    yield Sample(sample.name, sample.labels, value)
    except (ValueError, IndexError, OverflowError) as error:
        raise Unreadable(safe_text(f"not in Prometheus' text format: {error}")[:200]) from error
