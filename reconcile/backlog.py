"""What is due although no message came for it: one worker goes on from row to row, so that a thousand rows need no thousand messages."""

import time
from collections.abc import Iterator
from heapq import merge

from django.db.models.functions import Now

from reconcile import registry
from reconcile.due import MAX_CRASHES, due
from reconcile.engine import reconcile

# Several workers look at the same backlog: what one of them has claimed meanwhile, the others pass over.
AHEAD = 16


def backlog() -> Iterator[tuple[str, int]]:
    """The rows that are due longest, of all kinds, as (kind, primary key)."""
    waiting = []
    for kind in registry.kinds():
        rows = due(kind.model).filter(crashes__lt=MAX_CRASHES).order_by("next_reconcile_at", "pk")
        waiting.append([(at, kind.name, pk) for at, pk in rows.values_list("next_reconcile_at", "pk")[:AHEAD]])
    return ((name, pk) for _, name, pk in merge(*waiting))


def backlog_size(most: int) -> int:
    """How many rows are due, counted up to `most`."""
    return min(most, sum(due(kind.model)[:most].count() for kind in registry.kinds()))


def in_hand() -> int:
    """How many rows a worker holds now."""
    return sum(kind.model._default_manager.filter(lease_until__gte=Now()).count() for kind in registry.kinds())


def work_off(seconds: float) -> int:
    """Attempts at due rows, the longest waiting first, until none is left that this worker can have or `seconds` have passed; how many."""
    ends, attempts = time.monotonic() + seconds, 0
    while time.monotonic() < ends:
        if not any(reconcile(kind, pk) is not None for kind, pk in backlog()):
            break
        attempts += 1
    return attempts
