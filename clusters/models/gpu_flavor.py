"""A kind of GPU that a cluster offers; observed on its nodes, or declared where no node is seen (scaled to zero)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from clusters.models.capacity_account import CapacityAccount
from clusters.models.cluster import Cluster


class GpuFlavorQuerySet(models.QuerySet["GpuFlavor"]):
    """Flavors by who may use them."""

    def usable_by(self, team: Team) -> "GpuFlavorQuerySet":
        """Whole cards are for everyone; shared ones for the teams that trust each other on them."""
        return self.filter(Q(shared=False) | Q(pk__in=self.model.trusted_teams.through.objects.filter(team=team).values("gpuflavor")))


class GpuFlavor(models.Model):
    """A choice in the quota form. Flavors of one node pool share a capacity account: a physical card counts once.

    `tolerations` are Kubernetes' own, read off the taints of its nodes unless they are fixed by hand. A `shared` (time-sliced) flavor
    isolates nothing, so it serves only `trusted_teams`; without any, nobody.
    """

    class Source(models.TextChoices):
        OBSERVED = "observed", _("observed")
        DECLARED = "declared", _("declared")

    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="flavors")
    name = models.SlugField(_("name"), max_length=60)
    display_name = models.CharField(_("display name"), max_length=120, blank=True)
    resource_name = models.CharField(_("resource name"), max_length=120, default="nvidia.com/gpu")
    node_selector = models.JSONField(_("node selector"), default=dict, blank=True)
    tolerations = models.JSONField(_("tolerations"), default=list, blank=True)
    tolerations_fixed = models.BooleanField(_("tolerations set by hand"), default=False)
    runtime_class = models.CharField(_("runtime class"), max_length=253, blank=True)
    shared = models.BooleanField(_("cards are shared in time"), default=False)
    trusted_teams = models.ManyToManyField(Team, blank=True, related_name="+", verbose_name=_("teams that trust each other on it"))
    account = models.ForeignKey(CapacityAccount, on_delete=models.PROTECT, related_name="flavors")
    source = models.CharField(_("source"), max_length=10, choices=Source, default=Source.OBSERVED)
    installed = models.BigIntegerField(_("installed cards"), default=0)
    warning = models.CharField(_("warning"), max_length=300, blank=True)
    seen_at = models.DateTimeField(_("seen"), null=True, blank=True)

    objects = GpuFlavorQuerySet.as_manager()

    class Meta:
        ordering = ["cluster_id", "name"]
        constraints = [models.UniqueConstraint(fields=["cluster", "name"], name="one_flavor_per_name")]
        verbose_name = _("GPU flavor")
        verbose_name_plural = _("GPU flavors")

    def __str__(self) -> str:
        return self.display_name or self.name

    def is_usable_by(self, team: Team) -> bool:
        """Whether pods of the team may ask for it."""
        return not self.shared or self.trusted_teams.filter(pk=team.pk).exists()

    @property
    def sharing_note(self) -> str:
        """What everyone who asks for a shared flavor has to know; empty for whole cards and hardware partitions."""
        if not self.shared:
            return ""
        return gettext("Cards of this flavor are shared in time: GPU memory is not isolated, and time is not divided fairly.")
