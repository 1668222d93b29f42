"""The same explanation of many pods, told once with whom it concerns."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from diagnosis.explanation import Explanation

SHOWN = 5
_ORDER = {"bad": 0, "wait": 1, "info": 2}


@dataclass
class Group:
    """`about` are (kind, name) of those that it concerns, in the order in which they came."""

    explanation: Explanation
    about: list[tuple[str, str]] = field(default_factory=list)

    @property
    def shown(self) -> list[tuple[str, str]]:
        """The first few."""
        return self.about[:SHOWN]

    @property
    def more(self) -> int:
        """How many are not among the first few."""
        return max(0, len(self.about) - SHOWN)


def grouped(told: Iterable[tuple[tuple[str, str], list[Explanation]]]) -> list[Group]:
    """What somebody has to do comes first, then what concerns most."""
    found: dict[tuple[str, str], Group] = {}
    for about, explanations in told:
        for each in explanations:
            found.setdefault((each.code, each.text), Group(each)).about.append(about)
    return sorted(found.values(), key=lambda group: (_ORDER[group.explanation.tone], -len(group.about)))
