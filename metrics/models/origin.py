"""Where a subject's values come from now, or why there are none."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from clusters.models import Cluster


class Origin(models.Model):
    """`group` is which values: "resources" of all pods of the cluster (then without a subject) or "servers" of one workload.

    `source` is empty where there is none; `reasons` says why by the name of the series, or "" for the whole group: [code, detail].
    """

    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="+")
    subject = models.CharField(max_length=80, blank=True)
    group = models.CharField(max_length=20)
    source = models.CharField(max_length=40, blank=True)
    reasons = models.JSONField(default=dict)
    told_at = models.DateTimeField()

    class Meta:
        verbose_name = _("source of series")
        verbose_name_plural = _("sources of series")
        constraints = [models.UniqueConstraint(fields=["cluster", "subject", "group"], name="one_origin_per_group")]

    def __str__(self) -> str:
        return f"{self.group} of {self.subject or self.cluster}: {self.source or self.reasons}"
