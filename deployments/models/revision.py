"""One change of a deployment, immutable: what it says, who made it and why."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from approvals.models import Request
from deployments.models.deployment import ModelDeployment
from deployments.spec import DeploymentSpec
from registry.models import ModelVersion


class Revision(models.Model):
    """`content` is a DeploymentSpec as JSON. `number` counts within the deployment; `restores` is the number that a roll back repeats."""

    deployment = models.ForeignKey(ModelDeployment, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField(_("number"))
    content = models.JSONField()
    model_version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="deployed_as")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("author"))
    reason = models.TextField(_("reason"), max_length=2000, blank=True)
    restores = models.PositiveIntegerField(null=True, blank=True)
    request = models.OneToOneField(Request, on_delete=models.PROTECT, null=True, blank=True, related_name="revision")
    created_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)

    class Meta:
        ordering = ["-number"]
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        constraints = [models.UniqueConstraint(fields=["deployment", "number"], name="one_revision_per_number")]

    def __str__(self) -> str:
        return f"{self.deployment} r{self.number}"

    def save(self, *args: Any, **options: Any) -> None:
        """Only once: a revision that could change would be no record."""
        if self.pk is not None:
            raise TypeError("A revision is never changed; make the next one.")
        super().save(*args, **options)

    @property
    def spec(self) -> DeploymentSpec:
        """What it says."""
        return DeploymentSpec.load(self.content)
