"""A dated part of a namespace's quota: it begins, it ends by itself, and nothing has to restore what stood before."""

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenants.models.namespace import Namespace
from tenants.resources import Resources


class GrantQuerySet(models.QuerySet["Grant"]):
    """Grants by where they are in their life."""

    def over(self) -> "GrantQuerySet":
        """Those whose end has passed by the database's clock and that have not been ended yet."""
        return self.filter(ended_at__isnull=True, ends_at__lte=Now())


class Grant(models.Model):
    """`resources` (Resources as JSON) on top of the base until `ends_at`. `ended_at` is when the portal took it back."""

    namespace = models.ForeignKey(Namespace, on_delete=models.CASCADE, related_name="grants")
    resources = models.JSONField()
    starts_at = models.DateTimeField(_("starts"), default=timezone.now)
    ends_at = models.DateTimeField(_("ends"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True, db_index=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        ordering = ["ends_at"]
        verbose_name = _("grant")
        verbose_name_plural = _("grants")

    def __str__(self) -> str:
        return f"{self.namespace} until {self.ends_at:%Y-%m-%d}"

    @property
    def amount(self) -> Resources:
        """What it adds."""
        return Resources.load(self.resources)

    @property
    def is_active(self) -> bool:
        """Whether it counts now: it counts until the portal has ended it, so that quota and ledger move together."""
        return self.ended_at is None
