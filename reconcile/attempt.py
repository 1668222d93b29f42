"""One worker's hold on one row: claimed by compare-and-swap, fenced, renewed before each stage, finished in one UPDATE."""

import datetime as dt
import logging
import time
from dataclasses import replace
from typing import Any, cast

from django.conf import settings
from django.db import transaction
from django.db.models import Case, DateTimeField, F, Q, Value, When
from django.db.models.functions import Now

from kube.deadline import Deadline
from kube.inventory import Entry
from reconcile.backoff import rest_after
from reconcile.clock import after
from reconcile.due import MAX_CRASHES, due
from reconcile.models import Reconciled
from reconcile.outcome import Outcome, with_condition
from reconcile.registry import OwnerKind

logger = logging.getLogger(__name__)

# What is left of a lease when the last mutating call may still begin: the UPDATE that follows must fit as well.
MARGIN_SECONDS = 0.5
MISSING = "KindMissing"
LONGEST_PATIENCE_SECONDS = 30.0


class LeaseLost(Exception):
    """Another worker holds the row now; whatever this one still knows is worth nothing."""


class Attempt:
    """A claimed row. `deadline` is on this machine's monotonic clock and was started before the database granted the lease,
    so it always ends first."""

    def __init__(self, kind: OwnerKind, row: Reconciled, started: float) -> None:
        self.kind = kind
        self.row = row
        self.generation = row.generation
        self.due_at = cast(dt.datetime, row.next_reconcile_at)  # only a row with a time is ever claimed
        self._set_deadline(started)

    def _set_deadline(self, started: float) -> None:
        self.deadline = Deadline(settings.SLIPWAY["LEASE_SECONDS"] - MARGIN_SECONDS - (time.monotonic() - started))

    def _fenced(self) -> Any:
        return type(self.row)._default_manager.filter(pk=self.row.pk, fence=self.row.fence)

    def renew(self, inventory: list[Entry] | None = None) -> None:
        """Prolongs the lease and, in the same fenced UPDATE, keeps the inventory. Raises LeaseLost when the fence has moved on."""
        started = time.monotonic()
        values: dict[str, Any] = {"lease_until": after(settings.SLIPWAY["LEASE_SECONDS"])}
        if inventory is not None:
            values["inventory"] = self.row.inventory = inventory
        if not self._fenced().update(**values):
            raise LeaseLost
        self._set_deadline(started)

    def finish(self, outcome: Outcome) -> None:
        """Records the outcome, frees the lease and plans the next look, in one fenced UPDATE; the kind's `settled` joins the transaction.

        Raises LeaseLost when the fence has moved on: then nothing is recorded.
        """
        with transaction.atomic():
            if not self._fenced().update(**self._values(outcome), **self._next(outcome)):
                raise LeaseLost
            if outcome.state == "blocked":
                self.kind.unreachable(self.row)
            self.row = self.kind.rows().get(pk=self.row.pk)
            self.kind.settled(self.row, replace(outcome, generation=self.generation))

    def _values(self, outcome: Outcome) -> dict[str, Any]:
        good = outcome.confirmed
        values: dict[str, Any] = {
            "lease_until": None,
            "crashes": 0,
            "failures": F("failures") + 1 if outcome.state == "retry" else 0,
            "conditions": with_condition(self.row.conditions, "Applied", good, outcome.reason, outcome.message),
            "reconciled_at": Now(),
            **outcome.extra,
        }
        if good:
            values["observed_generation"] = self.generation
        if outcome.inventory is not None:
            values["inventory"] = outcome.inventory
        return values

    def _next(self, outcome: Outcome) -> dict[str, Any]:
        """The next time, if nobody asked for one since the claim: a change that came meanwhile stays due."""
        # Whoever makes a row due writes a later time. SQLite compares texts, and its own clock writes "10:00:00.000" where Django
        # writes "10:00:00": half a millisecond more is above the one and below every later time.
        known = self.due_at + dt.timedelta(microseconds=500)
        untouched = Q(generation=self.generation, next_reconcile_at__lte=known)
        seconds = None if outcome.state == "blocked" else self._rest(outcome)
        at = Value(None, DateTimeField()) if seconds is None else after(seconds)
        values: dict[str, Any] = {"next_reconcile_at": Case(When(untouched, then=at), default=F("next_reconcile_at"))}
        if outcome.state == "blocked":
            key = Value(self.kind.blocked_key(self.row))
            values["blocked_on"] = Case(When(untouched, then=key), default=F("blocked_on"))
        return values

    def _rest(self, outcome: Outcome) -> float | None:
        if outcome.state == "retry":
            return rest_after(self.row.failures + 1, outcome.retry_after)
        if outcome.state == "waiting":
            return max(outcome.retry_after, settings.SLIPWAY["BACKOFF_BASE_SECONDS"], self._patience(outcome))
        if outcome.state == "refused":
            return settings.SLIPWAY["BACKOFF_CAP_SECONDS"]
        return None

    def _patience(self, outcome: Outcome) -> float:
        """A missing kind may never come, and the watcher tells when it does: it is looked for as slowly as it has been missing for long."""
        before = next((each for each in self.row.conditions if each["type"] == "Applied"), None)
        if outcome.reason != MISSING or before is None or before["reason"] != MISSING:
            return 0.0
        waited = dt.datetime.now(dt.UTC) - dt.datetime.fromisoformat(before["lastTransitionTime"])
        return min(LONGEST_PATIENCE_SECONDS, waited.total_seconds())

    def give_up(self) -> None:
        """Makes the row due again after a lost lease, so that its new holder's work is followed by a look at what we left."""
        type(self.row)._default_manager.filter(pk=self.row.pk).update(next_reconcile_at=Now())


def claim(kind: OwnerKind, pk: int) -> Attempt | None:
    """Claims the row if it is due and free: one UPDATE decides. None when there is nothing to do.

    `crashes` is raised here and cleared by any completed attempt, so a row that ends its worker each time is found out.
    """
    started = time.monotonic()
    with transaction.atomic():
        claimed = (
            due(kind.model)
            .filter(pk=pk, crashes__lt=MAX_CRASHES)
            .update(lease_until=after(settings.SLIPWAY["LEASE_SECONDS"]), fence=F("fence") + 1, crashes=F("crashes") + 1)
        )
        if not claimed:
            return None
        row = kind.rows().get(pk=pk)
    return Attempt(kind, row, started)


def park_crashed(kind: OwnerKind) -> int:
    """Parks the rows whose last attempts all ended their worker; a retry or a new generation unparks them. Returns how many."""
    parked = 0
    for row in due(kind.model).filter(crashes__gte=MAX_CRASHES):
        message = f"{row.crashes} attempts in a row ended their worker; retry it when the cause is found"
        conditions = with_condition(row.conditions, "Applied", False, "Parked", message)
        same = due(kind.model).filter(pk=row.pk, crashes__gte=MAX_CRASHES)
        if same.update(next_reconcile_at=None, lease_until=None, conditions=conditions, reconciled_at=Now()):
            parked += 1
            row.conditions = conditions
            kind.settled(row, Outcome("refused", "Parked", message))
            logger.error("parked %s %s: %s", kind.name, row.pk, message)
    return parked
