"""A team's namespace on a cluster, as it is wanted; the engine makes the cluster equal to it."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from accounts.policies import sees_everything
from approvals.models import Request
from clusters.models import Cluster
from reconcile.models import Reconciled
from tenants.environments import Environment
from tenants.names import validate_namespace_name
from tenants.resources import Resources


class NamespaceQuerySet(models.QuerySet["Namespace"]):
    """Namespaces by who may see them and by whether they stand."""

    def visible_to(self, user: Any) -> "NamespaceQuerySet":
        """A team's members see its namespaces; approvers, administrators and auditors see all."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self if sees_everything(user) else self.filter(team__in=Team.objects.visible_to(user))

    def standing(self) -> "NamespaceQuerySet":
        """Those that are not gone; one that is being deleted still stands."""
        return self.filter(deleted_at__isnull=True)


class Namespace(Reconciled):
    """Desired state of one Namespace and everything of ours in it. `base` is the quota without an end (Resources as JSON).

    A row outlives its namespace as the record of it: `deleted_at` is set when the cluster confirmed that it is gone.
    """

    cluster = models.ForeignKey(Cluster, on_delete=models.PROTECT, related_name="namespaces", verbose_name=_("cluster"))
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="namespaces", verbose_name=_("team"))
    name = models.CharField(_("name"), max_length=63, validators=[validate_namespace_name])
    request = models.OneToOneField(
        Request, on_delete=models.PROTECT, null=True, blank=True, related_name="namespace", verbose_name=_("request")
    )
    environment = models.CharField(_("environment"), max_length=12, choices=Environment, default=Environment.DEVELOPMENT)
    base = models.JSONField()
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    deletion_requested_at = models.DateTimeField(_("deletion asked"), null=True, blank=True, editable=False)
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True, editable=False)

    objects = NamespaceQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("namespace")
        verbose_name_plural = _("namespaces")
        constraints = [
            models.UniqueConstraint(
                fields=["cluster", "name"], condition=Q(deleted_at__isnull=True), name="one_standing_namespace_per_name"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def holder(self) -> str:
        """Its name as a holder of capacity and as the value of the owner label."""
        return f"namespace.{self.pk}"

    @property
    def quota(self) -> Resources:
        """What it may use now: the base plus the grants that are active."""
        return sum((grant.amount for grant in self.grants.all() if grant.is_active), Resources.load(self.base))

    @property
    def state(self) -> str:
        """One word for the page: deleted, deleting, applied, applying, waiting (its cluster is unreachable) or failed."""
        if self.deleted_at:
            return "deleted"
        applied = self.condition("Applied")
        if self.blocked_on:
            return "waiting"
        if applied and applied["status"] == "False" and applied["reason"] not in ("Terminating", "OutOfTime"):
            return "failed"
        if self.deletion_requested_at:
            return "deleting"
        return "applied" if self.settled else "applying"

    def start_deletion(self) -> bool:
        """Wants it gone from now on; False when that was so already."""
        rows = Namespace.objects.filter(pk=self.pk, deletion_requested_at__isnull=True)
        if not rows.update(deletion_requested_at=Now()):
            return False
        self.touch()
        self.refresh_from_db()
        return True
