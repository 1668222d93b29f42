"""A cluster that the portal may write to: its credential, its features and how long ago it answered."""

from decimal import Decimal
from typing import Any

from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clusters.models.encrypted import EncryptedTextField
from clusters.models.serving_override import validate_override
from clusters.network_profile import default_profile, validate_profile


class ClusterQuerySet(models.QuerySet["Cluster"]):
    """Clusters by who may see them and by their state."""

    def visible_to(self, user: Any) -> "ClusterQuerySet":
        """Every signed-in, active user sees each cluster's name and what is left; the details are for administrators."""
        return self if user.is_authenticated and user.is_active else self.none()

    def connected(self) -> "ClusterQuerySet":
        """Clusters that have a credential."""
        return self.exclude(kubeconfig="")

    def breaker_open(self) -> "ClusterQuerySet":
        """Clusters that did not answer when last called."""
        return self.filter(breaker_opened_at__isnull=False)


def default_identity() -> dict[str, str]:
    """How the cluster's OIDC flags prefix the names of users and groups."""
    return {"username_prefix": "oidc:", "group_prefix": "oidc:"}


class Cluster(models.Model):
    """One Kubernetes cluster. `kubeconfig` is write-only: no page, API or repr shows it."""

    name = models.SlugField(_("name"), max_length=63, unique=True)
    display_name = models.CharField(_("display name"), max_length=120, blank=True)
    kubeconfig = EncryptedTextField(blank=True, editable=False)
    credential_issued_at = models.DateTimeField(null=True, blank=True, editable=False)
    credential_expires_at = models.DateTimeField(_("credential expires"), null=True, blank=True, editable=False)
    is_sandbox = models.BooleanField(_("sandbox"), default=False)
    version = models.CharField(_("version"), max_length=40, blank=True)
    capabilities = models.JSONField(default=dict, blank=True)
    serving_override = models.JSONField(_("corrections of what it serves"), default=dict, blank=True, validators=[validate_override])
    network_profile = models.JSONField(default=default_profile, blank=True, validators=[validate_profile])
    identity = models.JSONField(default=default_identity, blank=True)
    overcommit = models.DecimalField(
        _("overcommit of CPU and memory"),
        max_digits=5,
        decimal_places=2,
        default=Decimal(1),
        validators=[MinValueValidator(Decimal("0.1"))],
    )
    breaker_opened_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_seen_at = models.DateTimeField(null=True, blank=True, editable=False)
    stale_since = models.DateTimeField(null=True, blank=True, editable=False)
    # Kinds that the watcher cannot see, and why: missing, forbidden or unclear.
    unwatched = models.JSONField(default=dict, blank=True, editable=False)
    resynced_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ClusterQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("cluster")
        verbose_name_plural = _("clusters")

    def __str__(self) -> str:
        return self.display_name or self.name

    @property
    def key(self) -> str:
        """What a row writes in `blocked_on` while this cluster cannot be reached."""
        return f"cluster:{self.pk}"
