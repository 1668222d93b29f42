"""How often and how many at once a person may ask; counted in each process's own memory, as the API's other throttles are."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from django.conf import settings
from django.utils.translation import gettext as _

from deployments.trying.errors import TryError

LARGEST_QUESTION = 2**20
LARGEST_ANSWER = 4 * 2**20
SECONDS = 30.0
# A slow model must not hold all threads of the portal, nor one person all of those that wait for models.
AT_ONCE, AT_ONCE_EACH = 128, 32
MOST_KEPT = 10_000


class Bucket:
    """So many tokens a minute and never more than a minute's worth; safe for many threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._left: dict[int, tuple[float, float]] = {}

    def take(self, key: int, per_minute: float) -> float:
        """0.0 when one was there, else the seconds until there is one."""
        now = time.monotonic()
        with self._lock:
            left, at = self._left.get(key, (per_minute, now))
            left = min(per_minute, left + (now - at) * per_minute / 60)
            enough = left >= 1
            self._left[key] = (left - 1 if enough else left, now)
            if len(self._left) > MOST_KEPT:
                self._forget(now)
        return 0.0 if enough else (1 - left) * 60 / per_minute

    def _forget(self, now: float) -> None:
        """Whoever has not come for a minute has a full bucket anyway."""
        self._left = {key: (left, at) for key, (left, at) in self._left.items() if now - at < 60}


class Slots:
    """How many are under way, in all and for each person."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._taken: dict[int, int] = {}

    @contextmanager
    def held(self, key: int) -> Iterator[None]:
        """One slot for the block; TryError 429 when none is free."""
        with self._lock:
            mine = self._taken.get(key, 0)
            if mine >= AT_ONCE_EACH or sum(self._taken.values()) >= AT_ONCE:
                raise TryError(429, "too_many_at_once", _("Too many predictions are under way. Wait for some to be answered."), wait=1)
            self._taken[key] = mine + 1
        try:
            yield
        finally:
            with self._lock:
                self._taken[key] -= 1
                if not self._taken[key]:
                    del self._taken[key]


rates, slots = Bucket(), Slots()


def count_one(key: int) -> None:
    """Counts a prediction of a person. Raises TryError 429 beyond SLIPWAY_PREDICTIONS_PER_MINUTE."""
    wait = rates.take(key, settings.SLIPWAY["PREDICTIONS_PER_MINUTE"])
    if wait:
        most = settings.SLIPWAY["PREDICTIONS_PER_MINUTE"]
        message = _("You may ask for %(most)s predictions a minute here. Programs call the deployment's own address.")
        raise TryError(429, "throttled", message % {"most": int(most)}, wait=wait)
