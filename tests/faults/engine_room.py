"""The sweep and its workers without Redis, in the test's own process: due rows are reconciled, open breakers probed."""

import time
from collections.abc import Iterable

from django.db.models import F, Q
from django.db.models.functions import Now

from clusters.breaker import probe_open_breakers
from reconcile.due import due
from reconcile.engine import reconcile
from tenants.models import Namespace

TURN_SECONDS = 0.05
PROBE_EVERY = 1.0


def settle(*rows: Namespace, seconds: float = 20.0) -> float:
    """Works until every row (all that stand, without names) is confirmed; returns after how many seconds. AssertionError when too late."""
    began, probed = time.monotonic(), 0.0
    while unsettled := list(_unsettled(rows)):
        assert time.monotonic() - began < seconds, [(row.name, row.conditions, row.failures, row.blocked_on) for row in unsettled]
        if time.monotonic() - probed >= PROBE_EVERY:
            probe_open_breakers()
            probed = time.monotonic()
        if not work():
            time.sleep(TURN_SECONDS)
    return time.monotonic() - began


def work() -> int:
    """One turn: every due namespace once. Returns how many were due."""
    found = list(due(Namespace).values_list("pk", flat=True))
    for pk in found:
        reconcile("namespace", pk)
    return len(found)


def _unsettled(rows: Iterable[Namespace]) -> Iterable[Namespace]:
    unconfirmed = ~Q(observed_generation=F("generation"))
    found = Namespace.objects.standing().filter(unconfirmed | Q(next_reconcile_at__lte=Now()))
    wanted = {row.pk for row in rows}
    return (row for row in found if not wanted or row.pk in wanted)


def again(*rows: Namespace) -> None:
    """Makes rows due as a resync does, and reconciles them once."""
    Namespace.objects.filter(pk__in=[row.pk for row in rows]).update(next_reconcile_at=Now())
    for row in rows:
        reconcile("namespace", row.pk)
