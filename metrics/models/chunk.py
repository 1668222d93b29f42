"""Sixty values of each name of one subject, one step apart."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from clusters.models import Cluster


class Chunk(models.Model):
    """`subject` is "pod.<uid>" or the owner of rows, as "namespace.7"; `part` one of its revisions, as "r3", or empty for all of it.

    `start` in seconds since the epoch, on the database's clock; `data` as metrics.packing makes it.
    """

    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="+")
    subject = models.CharField(max_length=80)
    part = models.CharField(max_length=40, blank=True)
    step = models.PositiveSmallIntegerField()
    start = models.PositiveBigIntegerField()
    data = models.BinaryField()

    class Meta:
        verbose_name = _("piece of a series")
        verbose_name_plural = _("pieces of series")
        constraints = [models.UniqueConstraint(fields=["cluster", "subject", "part", "step", "start"], name="one_chunk_per_window")]
        indexes = [models.Index(fields=["step", "start"], name="chunk_by_age")]

    def __str__(self) -> str:
        return f"{self.subject} {self.part} {self.step} s from {self.start}"
