"""A Kubernetes event in one of the portal's namespaces; the newest few hundred per namespace are kept."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from clusters.models.cluster import Cluster

KEPT_PER_NAMESPACE = 200


class Event(models.Model):
    """One event; `message` is made safe before it is stored."""

    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="events")
    namespace = models.CharField(max_length=63)
    name = models.CharField(max_length=253)
    uid = models.CharField(max_length=64)
    involved_kind = models.CharField(_("kind"), max_length=63, blank=True)
    involved_name = models.CharField(_("object"), max_length=253, blank=True)
    reason = models.CharField(_("reason"), max_length=128, blank=True)
    message = models.TextField(_("message"), blank=True)
    type = models.CharField(_("type"), max_length=20, blank=True)
    count = models.IntegerField(_("count"), default=1)
    first_at = models.DateTimeField(_("first"), null=True)
    last_at = models.DateTimeField(_("last"))

    class Meta:
        ordering = ["-last_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["cluster", "namespace", "name"], name="one_event_per_name")]
        indexes = [models.Index(fields=["cluster", "namespace", "-last_at"], name="event_newest")]
        verbose_name = _("event")
        verbose_name_plural = _("events")

    def __str__(self) -> str:
        return f"{self.namespace}/{self.involved_name}: {self.reason}"
