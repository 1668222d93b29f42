"""An object of ours that somebody else changed: who, which fields, and when it was repaired."""

from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clusters.models.cluster import Cluster


class DriftQuerySet(models.QuerySet["Drift"]):
    """Drift by its state."""

    def open(self) -> "DriftQuerySet":
        """Drift that has not been repaired yet."""
        return self.filter(repaired_at__isnull=True)

    def of_owner(self, kind: str, pk: int) -> "DriftQuerySet":
        """Drift of the objects of one owner row."""
        return self.filter(owner_kind=kind, owner_pk=pk)


class Drift(models.Model):
    """One finding of the watcher: who changed which object. An open one is refreshed, not repeated; another manager's is another one."""

    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="drifts")
    owner_kind = models.CharField(max_length=40)
    owner_pk = models.BigIntegerField()
    api_version = models.CharField(max_length=80)
    kind = models.CharField(_("kind"), max_length=63)
    namespace = models.CharField(max_length=63, blank=True)
    name = models.CharField(_("name"), max_length=253)
    found = models.CharField(
        _("found"), max_length=12, choices=[("changed", _("changed")), ("deleted", _("deleted")), ("replaced", _("replaced"))]
    )
    manager = models.CharField(_("who"), max_length=160, blank=True)
    operation = models.CharField(max_length=20, blank=True)
    fields = models.JSONField(_("fields"), default=list)
    live = models.JSONField(default=dict)
    seen_at = models.DateTimeField(_("seen"), default=timezone.now)
    repaired_at = models.DateTimeField(_("repaired"), null=True)

    objects = DriftQuerySet.as_manager()

    class Meta:
        ordering = ["-seen_at", "-pk"]
        indexes = [
            models.Index(fields=["owner_kind", "owner_pk"], name="drift_by_owner"),
            models.Index(fields=["repaired_at", "-seen_at"], name="drift_open_first"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["cluster", "api_version", "kind", "namespace", "name", "manager"],
                condition=models.Q(repaired_at__isnull=True),
                name="one_open_drift_per_object_and_manager",
            )
        ]
        verbose_name = _("drift")
        verbose_name_plural = _("drifts")

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}: {self.found}"

    @property
    def ref(self) -> dict[str, Any]:
        """The object's reference in the form of an inventory entry."""
        return {"apiVersion": self.api_version, "kind": self.kind, "namespace": self.namespace, "name": self.name}
