"""What the reading threads hand to the writing one."""

import time
from dataclasses import dataclass, field
from typing import Any

from clusters.observation.kinds import Kind
from kube.inventory import Ref

Thing = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Listed:
    """All objects of a kind at `version`: what is not among them is gone."""

    kind: Kind
    things: list[Thing]
    version: str


@dataclass(frozen=True, slots=True)
class Changed:
    """One event of a watch."""

    kind: Kind
    type: str
    thing: Thing


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One resync: every owned kind listed beside the running watches, so events in the queue may be newer."""

    lists: tuple[Listed, ...]


Message = Listed | Changed | Snapshot


@dataclass(frozen=True, slots=True)
class Sighting:
    """The newest that is known of an object of ours; `thing` is its last state also when it is gone, None when that is not known."""

    ref: Ref
    owner: str
    thing: Thing | None
    gone: bool = False
    seen_at: float = field(default_factory=time.monotonic, compare=False)
