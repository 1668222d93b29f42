"""API tokens: only a digest is stored, the plaintext is shown once."""

import uuid
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken

USE_NOTED_EVERY = timedelta(minutes=1)


class Scope(models.TextChoices):
    READ = "read", _("Read")
    WRITE = "write", _("Write")
    DECIDE = "decide", _("Decide")


def known_scopes(value: object) -> None:
    """Refuses anything but a list, without repeats, of at least one scope."""
    if not isinstance(value, list) or not value or len(set(map(str, value))) != len(value):
        raise ValidationError(_("Choose at least one scope, each once."))
    if unknown := [scope for scope in value if scope not in Scope.values]:
        raise ValidationError(_("Unknown scope %(scope)s: choose from read, write, decide."), params={"scope": unknown[0]})


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def live(self) -> "ApiTokenQuerySet":
        """Not expired."""
        return self.filter(expiry__gt=timezone.now())

    def note_use(self, token: "ApiToken") -> None:
        """Remember that the token was used; one write a minute at most."""
        now = timezone.now()
        if token.last_used_at is None or token.last_used_at < now - USE_NOTED_EVERY:
            self.filter(pk=token.pk).update(last_used_at=now)


class ApiToken(AbstractAuthToken):
    """One of a person's tokens. It never allows more than its person may do, and of that only its scopes."""

    uid = models.UUIDField(_("id"), default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=100)
    scopes = models.JSONField(_("scopes"), default=list, validators=[known_scopes])
    expiry = models.DateTimeField(_("expires at"))
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True, editable=False)

    objects = ApiTokenQuerySet.as_manager()  # type: ignore[assignment,misc]

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-created"]

    def __str__(self) -> str:
        return f"{self.token_key}… ({self.name})"

    @property
    def audit_id(self) -> str:
        """How audit entries name the token: never by the digest, which is its key."""
        return str(self.uid)

    @property
    def is_live(self) -> bool:
        return self.expiry > timezone.now()
