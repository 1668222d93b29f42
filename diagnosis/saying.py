"""The words for one kind of fact, translated when they are shown."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise

from diagnosis.explanation import Tone

Words = str | Promise


@dataclass(frozen=True)
class Saying:
    """`text` and `solutions` may hold %(names)s of the fact's values; see Explanation for `tone`."""

    title: Words
    text: Words
    solutions: tuple[Words, ...] = ()
    tone: Tone = "bad"


class Values(dict[str, str]):
    """A fact's values for a sentence: what the cluster left out is a dash."""

    def __init__(self, values: Mapping[str, str]) -> None:
        super().__init__({name: value or "–" for name, value in values.items()})

    def __missing__(self, name: str) -> str:
        return "–"
