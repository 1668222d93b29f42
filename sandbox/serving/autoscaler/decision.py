"""How many pods one revision is to have: Knative's arithmetic, with its stable and its panic mode."""

import math

from sandbox.serving.autoscaler.rules import Rules
from sandbox.serving.autoscaler.windows import Average, Highest, Load

MOST_UP, MOST_DOWN = 1000.0, 2.0
# The panic window's part of the stable one, and how many times what the pods can do makes a panic.
PANIC_PART, PANIC_TIMES = 0.1, 2.0
# The ingress reports each second: less than two would be none now and then.
SHORTEST_PANIC = 2.0


class Decider:
    """Remembers what was seen of one revision since `begun`, in seconds of the clock that all its calls are given."""

    def __init__(self, rules: Rules, begun: float) -> None:
        self.rules, self._begun = rules, begun
        self._stable, self._short = Average(rules.window), Average(max(rules.window * PANIC_PART, SHORTEST_PANIC))
        self._delay = Highest(rules.delay)
        self._panic_at, self._panic_pods = -math.inf, 0
        self._idle_since: float | None = None
        self._activating_since: float | None = None

    def record(self, at: float, load: Load) -> None:
        """What the ingress counted until now."""
        for average in (self._stable, self._short):
            average.add(at, load.amount(self.rules.metric), load.seconds)

    def desired(self, at: float, current: int, ready: int, *, reachable: bool) -> int:
        """The size to have now, where there are `current` pods by the spec and `ready` of them answer."""
        late = self.gives_up(at, current, ready)
        stable, short = self._stable.value(at), self._short.value(at)
        if stable is None:
            # Nothing is known: nothing is changed but for the bounds.
            return self.rules.bounded(current, reachable=reachable)
        wanted = self._wanted(at, max(ready, 1), stable, stable if short is None else short, reachable=reachable)
        wanted = self.rules.bounded(self._delay.note(at, wanted), reachable=reachable)
        if reachable and wanted < current and at - self._begun < self.rules.window:
            # What is known is less than a window old: so after a restart, and of a revision that is new.
            return self.rules.bounded(current, reachable=reachable)
        return 0 if late and not wanted else self._last(at, current, ready, wanted, reachable=reachable)

    def woken(self) -> int:
        """The size to have when somebody waits and there is no pod: at once, whatever the averages say."""
        return self.rules.bounded(self.rules.activation, reachable=True)

    def gives_up(self, at: float, current: int, ready: int) -> bool:
        """Whether pods have been asked for so long that it is time to stop: none of them ever answered by the deadline."""
        self._watch(at, current, ready)
        return self._activating_since is not None and at - self._activating_since >= self.rules.deadline

    def _wanted(self, at: float, ready: int, stable: float, short: float, *, reachable: bool) -> int:
        fewest, most = math.floor(ready / MOST_DOWN) if reachable else 0, math.ceil(ready * MOST_UP)
        calm, urgent = (math.ceil(value / self.rules.target) for value in (stable, short))
        wanted, hasty = (self._activated(each, min(max(each, fewest), most)) for each in (calm, urgent))
        if urgent / ready >= PANIC_TIMES:
            self._panic_at = at
        elif at - self._panic_at > self.rules.window:
            self._panic_pods = 0
            return wanted
        # In a panic it only grows.
        self._panic_pods = max(self._panic_pods, wanted, hasty)
        return self._panic_pods

    def _activated(self, needed: int, wanted: int) -> int:
        return max(wanted, self.rules.activation) if needed and self.rules.activation > 1 else wanted

    def _watch(self, at: float, current: int, ready: int) -> None:
        """Since when pods are asked for and none of them answers."""
        if ready or not current:
            self._activating_since = None
        elif self._activating_since is None:
            self._activating_since = at

    def _last(self, at: float, current: int, ready: int, wanted: int, *, reachable: bool) -> int:
        """1 instead of 0 while the last pod is to stay: for its retention, or because it was woken and may still become ready."""
        if wanted or not current or not reachable:
            self._idle_since = None
            return wanted
        if not ready:
            return 1
        self._idle_since = at if self._idle_since is None else self._idle_since
        return 0 if at - self._idle_since >= self.rules.retention else 1
