"""The append-only audit entry; the database itself refuses to change or delete one (audit/append_only.py)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Entry(models.Model):
    """One accepted change or one refused attempt. `actor` is null when the system itself acted; names stay as they were then."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("Accepted")
        DENIED = "denied", _("Denied")

    class Source(models.TextChoices):
        HTML = "html", _("Pages")
        REST = "rest", _("REST API")
        ADMIN = "admin", _("Admin site")
        CLI = "cli", _("Command line")
        SYSTEM = "system", _("System")

    at = models.DateTimeField(_("at"), auto_now_add=True, db_index=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("actor"), null=True, blank=True, related_name="+")
    actor_name = models.CharField(_("actor name"), max_length=150)
    action = models.CharField(_("action"), max_length=100)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome)
    subject_kind = models.CharField(_("subject kind"), max_length=60)
    subject_id = models.CharField(_("subject id"), max_length=64, blank=True)
    subject_name = models.CharField(_("subject name"), max_length=255, blank=True)
    team_name = models.CharField(_("team name"), max_length=63, blank=True)
    detail = models.JSONField(_("detail"), default=dict, blank=True)
    request_id = models.CharField(_("request id"), max_length=64, blank=True, db_index=True)
    source = models.CharField(_("source"), max_length=10, choices=Source, default=Source.SYSTEM)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["team_name", "-id"], name="audit_entry_team"),
            models.Index(fields=["subject_kind", "subject_id", "-id"], name="audit_entry_subject"),
            models.Index(fields=["actor", "-id"], name="audit_entry_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.action} {self.subject_name} ({self.outcome})"
