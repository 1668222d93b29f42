"""Tells the apps above of events that the watcher has saved; they append to `on_events` when they start."""

import logging
from collections.abc import Callable, Sequence

from clusters.models import Event

logger = logging.getLogger(__name__)

# Called in the writer's thread, after the rows are saved, with all of one batch; the same event comes again with each new list.
on_events: list[Callable[[Sequence[Event]], object]] = []


def tell(rows: Sequence[Event]) -> None:
    """Call everybody; whoever fails is logged and holds up neither the others nor the watcher."""
    for listener in on_events:
        try:
            listener(rows)
        except Exception:
            logger.exception("%r failed on %d events; they come again with the next list", listener, len(rows))
