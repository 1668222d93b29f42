"""A person, and what the person may do on the whole platform."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.auth.validators import ASCIIUsernameValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import get_random_string, salted_hmac
from django.utils.translation import gettext_lazy as _


def new_session_salt() -> str:
    """A fresh salt: every session made with the former one is over."""
    return get_random_string(16)


class PersonManager(UserManager["User"]):
    def create_superuser(self, *args: Any, **kwargs: Any) -> "User":
        """As Django's, and an admin of the platform: PlatformRole is the only source of that right."""
        user = super().create_superuser(*args, **kwargs)
        PlatformRole.objects.get_or_create(user=user, role=PlatformRole.Role.ADMIN)
        return user


class User(AbstractUser):
    """Sessions carry a digest of the password and of `session_salt`: changing either ends them, wherever they are stored."""

    username = models.CharField(
        _("username"),
        max_length=63,
        unique=True,
        validators=[ASCIIUsernameValidator()],
        help_text=_("Letters, digits and @ . + - _ only; at most 63 characters."),
        error_messages={"unique": _("A user with that username already exists.")},
    )
    session_salt = models.CharField(max_length=32, default=new_session_salt, editable=False)

    objects = PersonManager()  # type: ignore[misc]

    class Meta(AbstractUser.Meta):
        constraints = [models.UniqueConstraint(Lower("username"), name="accounts_username_any_case")]

    @property
    def display_name(self) -> str:
        """The full name, else the username."""
        return self.get_full_name() or self.username

    def get_session_auth_hash(self) -> str:
        return self._session_hash(settings.SECRET_KEY)

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        for secret in settings.SECRET_KEY_FALLBACKS:
            yield self._session_hash(secret)

    def _session_hash(self, secret: str | bytes) -> str:
        value = f"{self.password}{self.session_salt}"
        return salted_hmac("accounts.User.session", value, secret=secret, algorithm="sha256").hexdigest()


class PlatformRole(models.Model):
    """A right over every team: approvers decide, admins administer, auditors read."""

    class Role(models.TextChoices):
        APPROVER = "approver", _("Approver")
        ADMIN = "admin", _("Admin")
        AUDITOR = "auditor", _("Auditor")

    user = models.ForeignKey(User, models.CASCADE, verbose_name=_("user"), related_name="platform_roles")
    role = models.CharField(_("role"), max_length=10, choices=Role)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("platform role")
        verbose_name_plural = _("platform roles")
        ordering = ["user__username", "role"]
        constraints = [models.UniqueConstraint(fields=["user", "role"], name="accounts_one_row_per_platform_role")]

    def __str__(self) -> str:
        return f"{self.user} {self.role}"
