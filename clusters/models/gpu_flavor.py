"""A kind of GPU that a cluster offers; observed on its nodes, or declared where no node is seen (scaled to zero)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from clusters.models.capacity_account import CapacityAccount
from clusters.models.cluster import Cluster


class GpuFlavor(models.Model):
    """A choice in the quota form. Flavors of one node pool share a capacity account: a physical card counts once."""

    class Source(models.TextChoices):
        OBSERVED = "observed", _("observed")
        DECLARED = "declared", _("declared")

    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="flavors")
    name = models.SlugField(_("name"), max_length=60)
    display_name = models.CharField(_("display name"), max_length=120, blank=True)
    resource_name = models.CharField(_("resource name"), max_length=120, default="nvidia.com/gpu")
    node_selector = models.JSONField(_("node selector"), default=dict, blank=True)
    account = models.ForeignKey(CapacityAccount, on_delete=models.PROTECT, related_name="flavors")
    source = models.CharField(_("source"), max_length=10, choices=Source, default=Source.OBSERVED)
    installed = models.BigIntegerField(_("installed cards"), default=0)
    warning = models.CharField(_("warning"), max_length=300, blank=True)
    seen_at = models.DateTimeField(_("seen"), null=True, blank=True)

    class Meta:
        ordering = ["cluster_id", "name"]
        constraints = [models.UniqueConstraint(fields=["cluster", "name"], name="one_flavor_per_name")]
        verbose_name = _("GPU flavor")
        verbose_name_plural = _("GPU flavors")

    def __str__(self) -> str:
        return self.display_name or self.name
