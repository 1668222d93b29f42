"""A model that serves in a namespace, as it is wanted; the engine makes the cluster equal to it."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from clusters.models import Cluster
from deployments.names import validate_deployment_name
from reconcile.clock import after
from reconcile.models import Reconciled
from registry.models import RegisteredModel
from tenants.models import Namespace


class ModelDeploymentQuerySet(models.QuerySet["ModelDeployment"]):
    """Deployments by who may see them and by whether they stand."""

    def visible_to(self, user: Any) -> "ModelDeploymentQuerySet":
        """Whoever sees the namespace sees what serves in it."""
        return self.filter(namespace__in=Namespace.objects.visible_to(user))

    def standing(self) -> "ModelDeploymentQuerySet":
        """Those that are not gone; one that is being deleted still stands."""
        return self.filter(deleted_at__isnull=True)

    def following(self, alias: str, model: RegisteredModel) -> "ModelDeploymentQuerySet":
        """Those that follow this alias of this model, or will once their candidate is promoted, and are not on their way out."""
        now = Q(follows=alias, revision__model_version__model=model)
        candidate = Q(rollouts__candidate__model_version__model=model, rollouts__ended_at__isnull=True)
        rows = self.standing().filter(now | candidate & Q(rollouts__follows=alias), deletion_requested_at__isnull=True)
        return rows.distinct()


class ModelDeployment(Reconciled):
    """`revision` is what serves; a running rollout has a candidate beside it. A row outlives its objects as the record of them.

    `follows` names an alias of the revision's model: when it moves, a revision is proposed in the name of `followed_by`. What begins and
    ends that stands in `actions/follow.py`. A deployment that is deleted is stopped from `deletion_requested_at` on; from `delete_after` on
    (`deletion_released`) its objects go.
    """

    cluster = models.ForeignKey(Cluster, on_delete=models.PROTECT, related_name="deployments", verbose_name=_("cluster"))
    namespace = models.ForeignKey(Namespace, on_delete=models.PROTECT, related_name="deployments", verbose_name=_("namespace"))
    name = models.CharField(_("name"), max_length=40, validators=[validate_deployment_name])
    revision = models.ForeignKey("Revision", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("revision"))
    paused = models.BooleanField(_("paused"), default=False)
    follows = models.CharField(_("follows"), max_length=255, blank=True)
    followed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    deletion_requested_at = models.DateTimeField(_("deletion asked"), null=True, blank=True, editable=False)
    delete_after = models.DateTimeField(null=True, blank=True, db_index=True, editable=False)
    deletion_released = models.BooleanField(default=False, editable=False)
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True, editable=False)

    objects = ModelDeploymentQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("deployment")
        verbose_name_plural = _("deployments")
        constraints = [
            models.UniqueConstraint(
                fields=["namespace", "name"], condition=Q(deleted_at__isnull=True), name="one_standing_deployment_per_name"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def team(self) -> Team:
        """The namespace's team."""
        return self.namespace.team

    @property
    def holder(self) -> str:
        """The value of the owner label."""
        return f"deployment.{self.pk}"

    @property
    def version(self) -> str:
        """What a change has to have seen: the revision that serves, and how often anything was changed."""
        return f"{self.revision.number if self.revision else 0}.{self.generation}"

    @property
    def state(self) -> str:
        """What became of the wish: deleted, deleting, applied, applying, waiting (for its cluster, or for a kind it lacks) or failed."""
        if self.deleted_at:
            return "deleted"
        applied = self.condition("Applied")
        if self.blocked_on or (applied and applied["reason"] == "KindMissing" and not self.settled):
            return "waiting"
        if applied and applied["status"] == "False" and applied["reason"] not in ("Terminating", "OutOfTime", "NamespaceNotReady"):
            return "failed"
        if self.deletion_requested_at:
            return "deleting"
        return "applied" if self.settled else "applying"

    @property
    def pods_admitted(self) -> dict[str, Any] | None:
        """What the cluster said of its pods before the last change was applied; None while it was not asked."""
        return self.condition("PodsAdmitted")

    def start_deletion(self, grace_seconds: int) -> bool:
        """Stops it now and wants its objects gone after the grace; False when that was so already."""
        rows = ModelDeployment.objects.filter(pk=self.pk, deletion_requested_at__isnull=True)
        if not rows.update(deletion_requested_at=Now(), delete_after=after(grace_seconds)):
            return False
        self.touch()
        self.refresh_from_db()
        return True
