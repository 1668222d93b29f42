"""What is due although no message came for it: one worker goes on from row to row, so that a thousand rows need no thousand messages."""

import time
from collections.abc import Iterable
from heapq import merge

from django.db.models.functions import Now

from reconcile import registry
from reconcile.due import MAX_CRASHES, due
from reconcile.engine import reconcile
from reconcile.registry import OwnerKind

# Several workers look at the same backlog: what one of them has claimed meanwhile, the others pass over.
AHEAD = 16


def backlog(kinds: Iterable[OwnerKind]) -> list[tuple[str, int]]:
    """The rows of these kinds that are due longest, as (kind, primary key)."""
    waiting = []
    for kind in kinds:
        rows = due(kind.model).filter(crashes__lt=MAX_CRASHES).order_by("next_reconcile_at", "pk")
        waiting.append([(at, kind.name, pk) for at, pk in rows.values_list("next_reconcile_at", "pk")[:AHEAD]])
    return [(name, pk) for _, name, pk in merge(*waiting)]


def backlog_size(most: int) -> int:
    """How many rows are due, counted up to `most`."""
    return min(most, sum(due(kind.model)[:most].count() for kind in registry.kinds()))


def in_hand() -> int:
    """How many rows a worker holds now."""
    return sum(kind.model._default_manager.filter(lease_until__gte=Now()).count() for kind in registry.kinds())


def work_off(seconds: float) -> int:
    """Attempts at due rows, the longest waiting first, until none is left that this worker can have or `seconds` have passed; how many.

    A kind of which nothing was due is looked at again when the others are done, and at the latest by the sweep's next turn: the query
    for each of them before every attempt costs a good part of one.
    """
    ends, attempts = time.monotonic() + seconds, 0
    every = kinds = registry.kinds()
    while time.monotonic() < ends:
        waiting = backlog(kinds)
        if any(reconcile(kind, pk) is not None for kind, pk in waiting):
            attempts += 1
            kinds = [registry.kind(name) for name in dict(waiting)]
        elif kinds == every:
            break
        else:
            kinds = every
    return attempts
