"""One step of a deployment's scale: what an autoscaler did, or what a person wants it to do from then on."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from deployments.models.deployment import ModelDeployment

KEPT = 500


class ScalingStep(models.Model):
    """From `before` to `after` replicas; None where nobody told.

    `metric` is cpu, memory, concurrency, rps, several with commas, or the name of another; minimum or maximum for a bound that was
    changed or enforced; empty where the cluster does not tell why. `threshold` is its target: percent of the request for cpu and memory.
    `asked_by` is the person who changed a bound; None for an autoscaler. `source` names what the step was read from, once.
    """

    deployment = models.ForeignKey(ModelDeployment, on_delete=models.CASCADE, related_name="scaling_steps")
    at = models.DateTimeField(_("at"))
    workload = models.CharField(_("workload"), max_length=253, blank=True)
    metric = models.CharField(_("metric"), max_length=120, blank=True)
    threshold = models.PositiveIntegerField(_("threshold"), null=True, blank=True)
    before = models.PositiveIntegerField(_("from"), null=True, blank=True)
    after = models.PositiveIntegerField(_("to"), null=True, blank=True)
    message = models.CharField(_("message"), max_length=500, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    source = models.CharField(max_length=120, unique=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("scaling step")
        verbose_name_plural = _("scaling steps")
        indexes = [models.Index(fields=["deployment", "-at"], name="scaling_step_newest")]

    def __str__(self) -> str:
        return f"{self.workload or self.deployment}: {self.before} -> {self.after}"
