"""A registered model as the registry last told it, and which team it belongs to."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Team
from accounts.policies import sees_everything

TEAM_TAG = "slipway.dev/team"


def seen_by(user: Any, prefix: str = "") -> Q:
    """Which models this person may see, as a condition on rows that reach the model by `prefix` (such as "model__").

    Common models (no team named) are everybody's, a team's are its members'; of a model whose tag names a team that is
    unknown here only the platform's roles learn.
    """
    if not user.is_authenticated or not user.is_active:
        return Q(pk__in=[])
    if sees_everything(user):
        return Q()
    own = Membership.objects.filter(user=user).values("team")
    return Q(**{f"{prefix}team__in": own}) | Q(**{f"{prefix}team__isnull": True, f"{prefix}team_tag": ""})


class RegisteredModelQuerySet(models.QuerySet["RegisteredModel"]):
    """Models by who may see them and by whether the registry still has them."""

    def visible_to(self, user: Any) -> "RegisteredModelQuerySet":
        """Common ones for every signed-in, active person; a team's for its members; all for the platform's roles."""
        return self.filter(seen_by(user))

    def standing(self) -> "RegisteredModelQuerySet":
        """Those that the registry still has."""
        return self.filter(gone_at__isnull=True)


class RegisteredModel(models.Model):
    """One name in the registry. `team` is null for a model that is common to all; `team_tag` is what its tag says, known or not.

    A row outlives its model: `gone_at` is when the registry was first seen without it. All texts are the registry's: data, never markup.
    """

    name = models.CharField(_("name"), max_length=256, unique=True)
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="models", verbose_name=_("team"))
    team_tag = models.CharField(max_length=256, blank=True)
    description = models.TextField(_("description"), blank=True)
    tags = models.JSONField(_("tags"), default=dict, blank=True)
    created_at = models.DateTimeField(_("created"), null=True, blank=True)
    updated_at = models.DateTimeField(_("updated"), null=True, blank=True)
    gone_at = models.DateTimeField(_("gone"), null=True, blank=True)
    digest = models.CharField(max_length=64, blank=True)

    objects = RegisteredModelQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("model")
        verbose_name_plural = _("models")

    def __str__(self) -> str:
        return self.name
