"""Who holds how much of a capacity account."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from clusters.models.capacity_account import CapacityAccount


class Allotment(models.Model):
    """The part of an account's `granted` that one holder ("namespace.17") has; the parts sum up to it."""

    account = models.ForeignKey(CapacityAccount, on_delete=models.CASCADE, related_name="allotments")
    holder = models.CharField(max_length=80, db_index=True)
    amount = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "holder"], name="one_allotment_per_holder"),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="allotment_not_negative"),
        ]
        verbose_name = _("allotment")
        verbose_name_plural = _("allotments")

    def __str__(self) -> str:
        return f"{self.holder}: {self.amount}"
