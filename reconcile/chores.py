"""Small periodic work that the sweep does under its lease: apps register it, the sweep calls it."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

logger = logging.getLogger(__name__)


@dataclass
class Chore:
    """One piece of work and when it is next due (this process's monotonic clock, seconds)."""

    name: str
    every: float
    work: Callable[[], object]
    next_at: float = field(default=0.0)


_chores: dict[str, Chore] = {}


def register_chore(name: str, every_seconds: float, work: Callable[[], object]) -> None:
    """Registers `work` to be called about every `every_seconds`; the same name again replaces it."""
    _chores[name] = Chore(name, every_seconds, work)


def run_due_chores() -> None:
    """Calls each chore whose time has come; one that fails is logged and does not hinder the others."""
    for chore in list(_chores.values()):
        if time.monotonic() < chore.next_at:
            continue
        chore.next_at = time.monotonic() + chore.every
        try:
            chore.work()
        except Exception:
            logger.exception("chore %s failed; it is tried again in %s s", chore.name, chore.every)
