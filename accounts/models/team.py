"""Teams and who belongs to them. A team owns namespaces, requests and deployments."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models.user import PlatformRole, User

team_name = RegexValidator(
    r"^[a-z]([a-z0-9-]{0,38}[a-z0-9])?\Z",
    _("Use 1 to 40 lower-case letters, digits and hyphens; begin with a letter and end with a letter or digit."),
)


def not_a_system_group(value: str) -> None:
    """Refuses Kubernetes' own groups: a team mapped to one of them would own the cluster."""
    if value.lower().startswith("system:"):
        raise ValidationError(_("Groups that begin with system: belong to Kubernetes; name a group of your identity provider."))


class TeamQuerySet(models.QuerySet["Team"]):
    def visible_to(self, user: Any) -> "TeamQuerySet":
        """All teams for approvers, admins and auditors; for others their own."""
        if not user.is_active:
            return self.none()
        if PlatformRole.objects.filter(user=user).exists():
            return self.all()
        return self.filter(pk__in=Membership.objects.filter(user=user).values("team"))


class Team(models.Model):
    """`name` goes into labels and never changes; `idp_group` is the identity provider's group that is bound beside the members."""

    name = models.SlugField(_("name"), max_length=40, unique=True, validators=[team_name])
    display_name = models.CharField(_("display name"), max_length=100)
    idp_group = models.CharField(_("identity provider group"), max_length=200, blank=True, validators=[not_a_system_group])
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def change(self, **fields: Any) -> None:
        """Set the fields and raise the version. Call with the row locked."""
        for name, value in fields.items():
            setattr(self, name, value)
        self.full_clean()
        self.version = F("version") + 1
        self.save()
        self.refresh_from_db(fields=["version"])


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active(self) -> "MembershipQuerySet":
        """Of people who may sign in; only these may be bound in a cluster."""
        return self.filter(user__is_active=True)

    def owners(self) -> "MembershipQuerySet":
        return self.filter(role=Membership.Role.OWNER)


class Membership(models.Model):
    """What a person may do in a team: viewers read, members ask and deploy, owners also choose who belongs to it."""

    class Role(models.TextChoices):
        VIEWER = "viewer", _("Viewer")
        MEMBER = "member", _("Member")
        OWNER = "owner", _("Owner")

    team = models.ForeignKey(Team, models.CASCADE, verbose_name=_("team"), related_name="memberships")
    user = models.ForeignKey(User, models.CASCADE, verbose_name=_("user"), related_name="memberships")
    role = models.CharField(_("role"), max_length=10, choices=Role)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["team__name", "user__username"]
        constraints = [models.UniqueConstraint(fields=["team", "user"], name="accounts_one_membership_per_team")]

    def __str__(self) -> str:
        return f"{self.user} in {self.team}"
