"""What a reader gets: what is so in plain words, what would solve it, and always the cluster's own words beside it."""

from dataclasses import dataclass, field
from typing import Literal

Tone = Literal["bad", "wait", "info"]


@dataclass(frozen=True)
class Solution:
    """One thing that would help; `url` leads to a form that is filled in for it, under the words `label`, where there is one."""

    text: str
    label: str = ""
    url: str = ""


@dataclass(frozen=True)
class Explanation:
    """`code` is stable and for machines; `title`, `text` and `solutions` are for people, in the reader's language.

    `words` are the cluster's own, safe but not translated. bad: somebody has to act; wait: it may pass by itself; info: good to know.
    `at` (ISO 8601) says when it was so, where the cluster tells.
    """

    code: str
    title: str
    text: str
    solutions: tuple[Solution, ...] = field(default_factory=tuple)
    words: str = ""
    tone: Tone = "bad"
    at: str = ""
