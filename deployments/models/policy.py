"""Which deployments of a cluster need an approver's yes, and which images may run."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from clusters.models import Cluster
from tenants.environments import Environment


def careful_environments() -> list[str]:
    """Where the alias is asked for."""
    return [Environment.STAGING, Environment.PRODUCTION]


def validate_environments(value: Any) -> None:
    """Raises ValidationError unless it is a list of environments."""
    if not isinstance(value, list) or not set(map(str, value)) <= set(Environment.values):
        known = ", ".join(Environment.values)
        raise ValidationError(_("Write a list of environments: %(known)s.") % {"known": known})


def validate_images(value: Any) -> None:
    """Raises ValidationError unless it is a list of texts, none of them empty: an empty prefix would allow everything."""
    if not isinstance(value, list) or not all(isinstance(each, str) and each.strip() for each in value):
        raise ValidationError(_("Write a list of prefixes, such as %(example)s.") % {"example": '["registry.example.org/ml/"]'})


class DeploymentPolicy(models.Model):
    """One per cluster; a cluster without a row has the defaults. `images` are prefixes such as registry.example.org/ml/."""

    cluster = models.OneToOneField(Cluster, on_delete=models.CASCADE, related_name="deployment_policy")
    free_gpus = models.PositiveIntegerField(_("GPUs of one deployment without approval"), default=2)
    outside_needs_approval = models.BooleanField(_("exposure outside needs approval"), default=True)
    production_needs_approval = models.BooleanField(_("production needs approval"), default=True)
    alias = models.CharField(_("alias that a version must carry"), max_length=255, blank=True, default="champion")
    alias_environments = models.JSONField(
        _("environments that ask for the alias"), default=careful_environments, blank=True, validators=[validate_environments]
    )
    images = models.JSONField(_("images allowed"), default=list, blank=True, validators=[validate_images])

    class Meta:
        verbose_name = _("deployment policy")
        verbose_name_plural = _("deployment policies")

    def __str__(self) -> str:
        return f"policy of {self.cluster}"

    @classmethod
    def of(cls, cluster: Cluster) -> "DeploymentPolicy":
        """The cluster's policy, or the defaults (not saved)."""
        return cls.objects.filter(cluster=cluster).first() or cls(cluster=cluster)
