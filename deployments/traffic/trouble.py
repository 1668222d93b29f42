"""How long a candidate has been in no state to serve, counted only while somebody looked: an outage of ours accuses nobody."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

from deployments.traffic.pods import SeenPod

# A server that died is trusted again when it has run this long.
CALM_SECONDS = 60.0
Kind = Literal["", "not_ready", "crash_loop"]


@dataclass(frozen=True)
class Look:
    """The candidate's pods at one moment. `expected` says that there should be some at all."""

    expected: bool
    pods: int = 0
    ready: int = 0
    restarts: int = 0
    crashing: bool = False
    words: str = ""


@dataclass(frozen=True)
class Trouble:
    """`seconds` of trouble so far, and for how long it has been calm since; `words` are the cluster's own of what was wrong last."""

    seconds: float = 0.0
    calm: float = 0.0
    restarts: int = 0
    kind: Kind = ""
    words: str = ""

    @classmethod
    def load(cls, data: Mapping[str, Any] | None) -> Self:
        """From the JSON of `dump`."""
        return cls(**data) if data else cls()

    def dump(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)

    def after(self, look: Look, elapsed: float) -> "Trouble":
        """With one more look, `elapsed` seconds after the one before it."""
        if not look.expected:
            return self
        died = look.crashing or look.restarts > self.restarts
        if died or not look.ready:
            kind: Kind = "crash_loop" if died or (look.restarts and self.kind == "crash_loop") else "not_ready"
            return Trouble(self.seconds + elapsed, 0.0, look.restarts, kind, look.words or self.words)
        calm = self.calm + elapsed
        if not look.restarts or calm >= CALM_SECONDS:
            return Trouble(restarts=look.restarts, calm=calm)
        return Trouble(self.seconds, calm, look.restarts, self.kind, self.words)


def look_at(pods: list[SeenPod], *, expected: bool) -> Look:
    """The candidate's part of the pods; those on their way out count no more."""
    mine = [pod for pod in pods if pod.side == "candidate" and not pod.leaving]
    worst = next((pod for pod in mine if pod.crashing), next((pod for pod in mine if not pod.ready), None))
    words = ": ".join(part for part in (worst.reason, worst.message) if part) if worst else ""
    return Look(
        expected,
        len(mine),
        sum(pod.ready for pod in mine),
        sum(pod.restarts for pod in mine),
        any(pod.crashing for pod in mine),
        words[:500] or ("" if mine else "it has no pod"),
    )
