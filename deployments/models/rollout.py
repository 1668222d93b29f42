"""A candidate beside what serves: its share of the requests, what was measured of both, and how it ended."""

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from deployments.models.deployment import ModelDeployment
from deployments.models.revision import Revision
from reconcile.models import Reconciled


class RolloutQuerySet(models.QuerySet["Rollout"]):
    """Rollouts by where they are."""

    def running(self) -> "RolloutQuerySet":
        """Those that have not ended."""
        return self.filter(ended_at__isnull=True)


class Rollout(Reconciled):
    """One per deployment at a time. A worker measures both sides and ends it when a threshold is passed.

    `figures` holds what was measured of `stable` and `candidate` since the last change of the share; `verdict` the numbers that ended it;
    `counters` is what the next measurement must know of the last one. `follows` is the alias that the deployment follows from the promotion
    on; `alias_moved` says that the alias moved while it ran, which is proposed when it has ended.
    Thresholds: errors in percent of the requests, p99 in milliseconds, both of the candidate, judged from `min_requests` per side on.
    """

    class End(models.TextChoices):
        PROMOTED = "promoted", _("promoted")
        ROLLED_BACK = "rolled_back", _("rolled back")
        DELETED = "deleted", _("deleted with the deployment")

    deployment = models.ForeignKey(ModelDeployment, on_delete=models.CASCADE, related_name="rollouts")
    stable = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    candidate = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    share = models.PositiveSmallIntegerField(_("share"), validators=[MaxValueValidator(100)])
    max_errors = models.DecimalField(_("most errors, percent"), max_digits=5, decimal_places=2, null=True, blank=True)
    max_p99 = models.PositiveIntegerField(_("longest p99, milliseconds"), null=True, blank=True)
    min_requests = models.PositiveIntegerField(_("requests per side before it is judged"), default=100)
    figures = models.JSONField(default=dict, blank=True)
    verdict = models.JSONField(default=dict, blank=True)
    counters = models.JSONField(default=dict, blank=True, editable=False)
    follows = models.CharField(_("follows"), max_length=255, blank=True)
    alias_moved = models.BooleanField(default=False, editable=False)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(_("started"), default=timezone.now, editable=False)
    ended = models.CharField(_("ended"), max_length=12, choices=End, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = RolloutQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at"]
        verbose_name = _("rollout")
        verbose_name_plural = _("rollouts")
        constraints = [
            models.UniqueConstraint(fields=["deployment"], condition=Q(ended_at__isnull=True), name="one_running_rollout_per_deployment")
        ]

    def __str__(self) -> str:
        return f"{self.deployment} r{self.candidate.number} at {self.share} %"

    @property
    def automatic(self) -> dict[str, Any]:
        """The thresholds that are set."""
        found = {"errors": self.max_errors, "p99": self.max_p99}
        return {name: value for name, value in found.items() if value is not None}
