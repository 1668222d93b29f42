"""A node as the watcher last saw it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from clusters.models.cluster import Cluster


class Node(models.Model):
    """Labels, allocatable and readiness of one node; the capacity accounts are summed from these rows."""

    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="nodes")
    name = models.CharField(_("name"), max_length=253)
    uid = models.CharField(max_length=64)
    resource_version = models.CharField(max_length=40, blank=True)
    labels = models.JSONField(default=dict)
    allocatable = models.JSONField(default=dict)
    taints = models.JSONField(default=list)
    ready = models.BooleanField(_("ready"), default=False)
    schedulable = models.BooleanField(_("schedulable"), default=True)
    version = models.CharField(max_length=40, blank=True)
    observed_at = models.DateTimeField()

    class Meta:
        ordering = ["cluster_id", "name"]
        constraints = [models.UniqueConstraint(fields=["cluster", "name"], name="one_node_per_name")]
        verbose_name = _("node")
        verbose_name_plural = _("nodes")

    def __str__(self) -> str:
        return self.name
