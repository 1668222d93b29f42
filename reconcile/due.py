"""Which rows are due, and the ways to make one due without changing what it wants."""

import datetime as dt
import random

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from reconcile import registry
from reconcile.clock import database_now
from reconcile.models import Reconciled

MAX_CRASHES = 5
# How much each further row adds to the time over which returning rows are spread.
ROW_SECONDS = 0.1


def due(model: type[Reconciled]) -> QuerySet[Reconciled]:
    """The rows whose time has come and that nobody holds; parked ones have no time."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=Now())
    return model._default_manager.filter(free, next_reconcile_at__lte=Now())


def mark_due(kind: str, pk: int) -> bool:
    """Makes a row due now: the cluster, not the wish, has changed. Leaves a parked or blocked row alone; False then."""
    rows = registry.kind(kind).model._default_manager.filter(pk=pk, crashes__lt=MAX_CRASHES, blocked_on="")
    return bool(rows.update(next_reconcile_at=Now()))


def retry_now(kind: str, pk: int) -> bool:
    """Makes a row due at a person's word: unparks it and forgets its failures. False when there is no such row."""
    rows = registry.kind(kind).model._default_manager.filter(pk=pk)
    return bool(rows.update(next_reconcile_at=Now(), blocked_on="", failures=0, crashes=0))


def release_blocked(key: str, spread: float = 3.0) -> int:
    """Makes every row that waits for `key` due at a random time within `spread` seconds, so that a returning cluster meets no herd.
    A few rows are none, and need not wait so long. Returns how many rows were released.
    """
    waiting = {kind.model: list(kind.model._default_manager.filter(blocked_on=key).only("pk")) for kind in registry.kinds()}
    now, released = database_now(), sum(map(len, waiting.values()))
    window = min(spread, (released - 1) * ROW_SECONDS)
    for model, rows in waiting.items():
        for row in rows:
            row.blocked_on = ""
            row.next_reconcile_at = now + dt.timedelta(seconds=random.uniform(0, window))  # noqa: S311 - spread, not a secret
        model._default_manager.bulk_update(rows, ["blocked_on", "next_reconcile_at"], batch_size=200)
    return released
