"""What an attempt came to, and the condition that is shown for it."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, Literal

from kube.inventory import Entry

State = Literal["done", "removed", "waiting", "retry", "refused", "blocked"]


@dataclass
class Outcome:
    """The result of one attempt.

    done: everything is confirmed. removed: everything is gone. waiting: nothing is wrong, look again soon.
    retry: try again with backoff, not before `retry_after` seconds. refused: the cluster said no and only a person can
    change that; looked at again at the slow pace. blocked: the cluster cannot be reached.
    `generation` is the one that the attempt read; None where nobody says.
    """

    state: State
    reason: str
    message: str = ""
    inventory: list[Entry] | None = None
    retry_after: float = 0.0
    extra: dict[str, Any] = field(default_factory=dict)
    generation: int | None = None

    @property
    def confirmed(self) -> bool:
        """Whether observed_generation may advance."""
        return self.state in ("done", "removed")


def with_condition(conditions: list[dict[str, Any]], kind: str, status: bool, reason: str, message: str) -> list[dict[str, Any]]:
    """The conditions with this one set as Kubernetes does it: `lastTransitionTime` moves only when the status does."""
    old = next((c for c in conditions if c["type"] == kind), None)
    value = "True" if status else "False"
    since = old["lastTransitionTime"] if old and old["status"] == value else dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    new = {"type": kind, "status": value, "reason": reason, "message": message, "lastTransitionTime": since}
    return [c for c in conditions if c["type"] != kind] + [new]
