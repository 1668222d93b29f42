"""The connection to the model registry: one row, synchronised by the engine, which says since when the catalogue is old."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from reconcile.models import Reconciled

ONLY = 1


class Registry(Reconciled):
    """The one registry whose models the catalogue holds. `address` is its URL without sign-in data.

    `phase` is what the quick start's own server is at while it is not up; `silent_since` is set while a registry does not answer.
    """

    class Phase(models.TextChoices):
        UP = "", _("up")
        INSTALLING = "installing", _("being installed")
        STARTING = "starting", _("being started")
        FAILED = "failed", _("cannot be installed")

    address = models.CharField(_("address"), max_length=500)
    phase = models.CharField(_("phase"), max_length=12, choices=Phase, blank=True, default="")
    phase_detail = models.CharField(max_length=300, blank=True)
    phase_at = models.DateTimeField(null=True, blank=True)
    version = models.CharField(_("version"), max_length=40, blank=True)
    answered_at = models.DateTimeField(_("last answer"), null=True, blank=True)
    silent_since = models.DateTimeField(_("silent since"), null=True, blank=True)
    notes = models.JSONField(default=list, blank=True)

    class Meta:
        verbose_name = _("model registry")
        verbose_name_plural = _("model registries")
        constraints = [models.CheckConstraint(condition=Q(id=ONLY), name="registry_one_row")]

    def __str__(self) -> str:
        return self.address

    @classmethod
    def current(cls) -> "Registry | None":
        """The row of the registry that MLFLOW_TRACKING_URI names; None when none is named or nothing has looked for it yet."""
        return cls.objects.filter(pk=ONLY).first() if settings.MLFLOW_TRACKING_URI else None

    @classmethod
    def adopt(cls, address: str) -> "Registry":
        """The row for the registry at `address`, made due; another address than before begins without what was known of the old one."""
        fresh = {"address": address, "next_reconcile_at": Now()}
        row, made = cls.objects.get_or_create(pk=ONLY, defaults=fresh)
        if not made and row.address != address:
            forgotten: dict[str, Any] = {"phase": "", "phase_detail": "", "silent_since": None, "version": "", "notes": []}
            cls.objects.filter(pk=ONLY).update(address=address, **forgotten)
            row.touch()
            row.refresh_from_db()
        return row

    def enter(self, phase: str, detail: str = "") -> None:
        """Says what the quick start's server is at, on the database's clock; `detail` is one line for people."""
        Registry.objects.filter(pk=self.pk).update(phase=phase, phase_detail=detail[:300], phase_at=Now())
        self.refresh_from_db()

    @property
    def state(self) -> str:
        """One word for the pages: preparing, failed (it cannot be installed), silent (it does not answer), empty or up."""
        if self.phase == self.Phase.FAILED:
            return "failed"
        if self.phase:
            return "preparing"
        if self.silent_since:
            return "silent"
        return "up" if self.answered_at else "preparing"
