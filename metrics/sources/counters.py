"""What each pod's server has counted since it was last asked, also when it began anew in between."""

from collections.abc import Iterable
from math import inf

from metrics.columns import TIMES, Point
from metrics.servers.reading import NOTHING, Reading


class Counters:
    """The last reading of each pod by its uid."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[int, Reading]] = {}
        self._looked_at: int | None = None
        self._here: frozenset[str] = frozenset()

    def come(self, at: int, uid: str, now: Reading) -> Point:
        """What came since the last reading; empty for the first one of a pod that was there before anybody looked."""
        before = self._last.get(uid)
        self._last[uid] = (at, now)
        if before is None:
            if self._looked_at is None or uid in self._here:
                return {}
            before = (self._looked_at, NOTHING)
        since, earlier = before
        return _point(float(at - since), now, NOTHING if now.begins_after(earlier) else earlier) if at > since else {}

    def end_turn(self, at: int, uids: Iterable[str]) -> None:
        """Who is here now; those that are gone are forgotten."""
        self._looked_at, self._here = at, frozenset(uids)
        self._last = {uid: last for uid, last in self._last.items() if uid in self._here}


def _point(seconds: float, now: Reading, before: Reading) -> Point:
    point = {"seconds": seconds, "requests": float(now.requests - before.requests)}
    if now.errors is not None:
        point |= {"errors": float(now.errors - (before.errors or 0)), "errors.of": point["requests"]}
    if now.times is not None:
        came = now.times.minus(before.times) if before.times else now.times
        bounds = (*came.bounds, inf)
        point |= {f"{TIMES}{bound:g}": float(count) for bound, count in zip(bounds, came.counts, strict=True)}
    return point
