"""The abstract row of desired state. The row itself is the outbox: a change makes it due in its own transaction."""

import secrets
from typing import Any

from django.db import models
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


def new_claim() -> str:
    """A random mark that tells this row's objects from everybody else's; 128 bits, hexadecimal."""
    return secrets.token_hex(16)


class Reconciled(models.Model):
    """Desired state with what is known of its execution.

    `generation` counts changes of the wish; `observed_generation` is the newest one that the cluster is confirmed to
    equal. The row is due when `next_reconcile_at` has passed and no lease is held; nothing else is due.
    """

    claim = models.CharField(max_length=32, default=new_claim, editable=False)
    generation = models.PositiveBigIntegerField(default=1, editable=False)
    observed_generation = models.PositiveBigIntegerField(default=0, editable=False)
    next_reconcile_at = models.DateTimeField(null=True, blank=True, db_index=True, editable=False)
    blocked_on = models.CharField(max_length=63, blank=True, db_index=True, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    crashes = models.PositiveIntegerField(default=0, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, db_index=True, editable=False)
    fence = models.PositiveBigIntegerField(default=0, editable=False)
    conditions = models.JSONField(default=list, blank=True, editable=False)
    inventory = models.JSONField(default=list, blank=True, editable=False)
    reconciled_at = models.DateTimeField(_("last reconciled"), null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    def touch(self) -> None:
        """Raises the generation and makes the row due, in one UPDATE of the caller's transaction; unblocks and unparks it."""
        type(self)._default_manager.filter(pk=self.pk).update(
            generation=F("generation") + 1, next_reconcile_at=Now(), blocked_on="", failures=0, crashes=0
        )

    @property
    def settled(self) -> bool:
        """Whether the cluster was confirmed to equal the newest wish."""
        return self.observed_generation == self.generation

    def condition(self, kind: str) -> dict[str, Any] | None:
        """The condition of this type, or None while nothing is known of it."""
        return next((c for c in self.conditions if c["type"] == kind), None)
