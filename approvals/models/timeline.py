"""The story of a request: every comment, change and state, in order."""

from django.conf import settings
from django.db import models
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from approvals.models.request import Request


class TimelineEntry(models.Model):
    """One thing that happened to a request. `actor` is null for the system itself. `snapshot` is what was asked or decided then."""

    class What(TextChoices):
        """The kinds of things that happen."""

        OPENED = "opened", _("asked")
        REVISED = "revised", _("changed the request")
        COMMENTED = "commented", _("commented")
        CHANGES_ASKED = "changes_asked", _("asked for changes")
        APPROVED = "approved", _("approved")
        REJECTED = "rejected", _("rejected")
        WITHDRAWN = "withdrawn", _("withdrew")
        SUPERSEDED = "superseded", _("was superseded")
        APPLIED = "applied", _("was applied")
        FAILED = "failed", _("could not be applied")
        RETRIED = "retried", _("retried")

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="timeline")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    what = models.CharField(max_length=20, choices=What)
    body = models.TextField(blank=True, max_length=2000)
    version = models.PositiveIntegerField()
    snapshot = models.JSONField(null=True, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("timeline entry")
        verbose_name_plural = _("timeline")

    def __str__(self) -> str:
        return f"#{self.request_id} {self.what}"
