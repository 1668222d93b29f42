"""How much of one resource a cluster has, and how much of it has been granted; written only by clusters.capacity and the observers."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from clusters.models.cluster import Cluster


class CapacityAccount(models.Model):
    """One resource of one cluster: "cpu" (millicores), "memory", "storage" (bytes), "gpu:<pool>" (cards)."""

    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="accounts")
    key = models.CharField(_("key"), max_length=100)
    installed = models.BigIntegerField(_("installed"), null=True, blank=True)
    ceiling = models.BigIntegerField(_("ceiling"), null=True, blank=True, help_text=_("Nothing above it is granted. Empty: no limit."))
    ceiling_fixed = models.BooleanField(_("ceiling set by hand"), default=False)
    granted = models.BigIntegerField(_("granted"), default=0, editable=False)

    class Meta:
        ordering = ["cluster_id", "key"]
        constraints = [
            models.UniqueConstraint(fields=["cluster", "key"], name="one_account_per_key"),
            models.CheckConstraint(condition=models.Q(granted__gte=0), name="granted_not_negative"),
        ]
        verbose_name = _("capacity account")
        verbose_name_plural = _("capacity accounts")

    def __str__(self) -> str:
        return f"{self.cluster_id}/{self.key}"

    @property
    def free(self) -> int | None:
        """What may still be granted, in the account's unit; None where nothing limits it."""
        return None if self.ceiling is None else max(0, self.ceiling - self.granted)
