"""What happened to a subject while it was measured: lines across its charts. The apps above know it and register here."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

Kind = Literal["revision", "rollout", "scaling", "restart"]
# More lines than that hide the chart; the newest stay.
MOST = 200


@dataclass(frozen=True, order=True)
class Mark:
    """`at` in seconds since the epoch; `title` in the reader's language."""

    at: int
    kind: Kind
    title: str


# Called with the cluster, the subject and a time from and up to; for subjects that are none of theirs they answer nothing.
Knows = Callable[[int, str, int, int], Iterable[Mark]]
_known: list[Knows] = []


def register_marks(knows: Knows) -> None:
    """Once per function."""
    if knows not in _known:
        _known.append(knows)


def marks_of(cluster_id: int, subject: str, since: int, until: int) -> list[Mark]:
    """Oldest first, each once."""
    found = {mark for knows in _known for mark in knows(cluster_id, subject, since, until) if since <= mark.at < until}
    return sorted(found)[-MOST:]
