"""An object of ours as the watcher last saw it in its cluster."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from clusters.models.cluster import Cluster


class Observed(models.Model):
    """`body` is the object without managedFields; `digest` is over the fields that the portal judges."""

    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="observed")
    api_version = models.CharField(max_length=80)
    kind = models.CharField(_("kind"), max_length=63)
    namespace = models.CharField(max_length=63, blank=True)
    name = models.CharField(_("name"), max_length=253)
    uid = models.CharField(max_length=64)
    resource_version = models.CharField(max_length=40)
    owner = models.CharField(max_length=80)
    digest = models.CharField(max_length=80, blank=True)
    body = models.JSONField(default=dict)
    observed_at = models.DateTimeField()

    class Meta:
        ordering = ["namespace", "kind", "name"]
        constraints = [
            models.UniqueConstraint(fields=["cluster", "api_version", "kind", "namespace", "name"], name="one_observation_per_object")
        ]
        indexes = [models.Index(fields=["cluster", "owner"], name="observed_by_owner")]
        verbose_name = _("observed object")
        verbose_name_plural = _("observed objects")

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}"
