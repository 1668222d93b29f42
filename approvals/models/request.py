"""One thing that a team asks for, with immutable snapshots of what was asked, decided and applied."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from accounts.policies import sees_everything
from approvals.states import TRANSITIONS, RequestOutcome, State
from audit.errors import Conflict


class RequestQuerySet(models.QuerySet["Request"]):
    """Requests by who may see them and by where they stand."""

    def visible_to(self, user: Any) -> "RequestQuerySet":
        """A team's members see its requests; approvers, administrators and auditors see all."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self if sees_everything(user) else self.filter(team__in=Team.objects.visible_to(user))

    def pending(self) -> "RequestQuerySet":
        """Those that wait for a decision."""
        return self.filter(state=State.PENDING)

    def decided(self) -> "RequestQuerySet":
        """Those that are final."""
        return self.exclude(state=State.PENDING)

    def asked_by(self, user: Any) -> "RequestQuerySet":
        """Those that this person asked for."""
        return self.filter(requester=user)


class Request(models.Model):
    """A request. `version` counts what was asked; a decision names the version that it saw.

    Snapshots: `original` what stood (null for something new), `requested`, `decided` (the approver may change numbers),
    `applied`. Their shape belongs to the kind. `subject` says what it is about; one open request per subject.
    `prompted_by` is whose deed made the portal ask in the requester's name, such as who moved an alias that a deployment follows.
    """

    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=200)
    title = models.CharField(_("title"), max_length=200)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="requests", verbose_name=_("team"))
    requester = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="requests", verbose_name=_("requester"))
    prompted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("prompted by")
    )
    justification = models.TextField(_("justification"), max_length=2000)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.PENDING)
    changes_wanted = models.BooleanField(default=False)
    version = models.PositiveIntegerField(_("version"), default=1)
    original = models.JSONField(null=True, blank=True)
    requested = models.JSONField()
    decided = models.JSONField(null=True, blank=True)
    applied = models.JSONField(null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=RequestOutcome, default=RequestOutcome.NONE, blank=True)
    outcome_message = models.TextField(blank=True)
    result_id = models.BigIntegerField(null=True, blank=True)
    superseded_by = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="supersedes")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="decisions", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    reason = models.TextField(_("reason"), max_length=2000, blank=True)
    created_at = models.DateTimeField(_("asked"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = RequestQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        constraints = [models.UniqueConstraint(fields=["subject"], condition=Q(state="pending"), name="one_open_request_per_subject")]
        indexes = [models.Index(fields=["state", "-created_at"]), models.Index(fields=["team", "state"])]

    def __str__(self) -> str:
        return f"#{self.pk} {self.title}"

    @property
    def is_open(self) -> bool:
        """Whether it still waits for a decision."""
        return self.state == State.PENDING

    @property
    def in_force(self) -> dict[str, Any]:
        """The snapshot that counts: what was decided, else what was asked."""
        snapshot: dict[str, Any] = self.decided if self.decided is not None else self.requested
        return snapshot

    def move(self, state: str, *, seen_version: int | None = None, **values: Any) -> None:
        """Goes to `state` by one conditional UPDATE. Raises Conflict when the request was decided or changed meanwhile."""
        if state not in TRANSITIONS[State.PENDING]:
            raise ValueError(f"no transition leads to {state}")
        rows = Request.objects.pending().filter(pk=self.pk)
        if seen_version is not None:
            rows = rows.filter(version=seen_version)
        values |= {"state": state, "updated_at": timezone.now()}
        if not rows.update(**values):
            self.refresh_from_db()
            raise self.stale(seen_version)
        # What the UPDATE wrote is what stands: reading it back would also forget the team and the people already read.
        for name, value in values.items():
            setattr(self, name, value)

    def insist_on(self, seen_version: int) -> None:
        """Raises Conflict when it is no longer open at the version that was seen; the UPDATE that follows decides for good."""
        if not self.is_open or self.version != seen_version:
            raise self.stale(seen_version)

    def stale(self, seen_version: int | None) -> Conflict:
        """The answer to somebody who acts on what no longer stands."""
        if not self.is_open:
            decided = gettext("This request is already %(state)s. Reload it to see what was decided.")
            return Conflict(decided % {"state": self.get_state_display()}, code="already_decided")
        stale = gettext("You saw version %(seen)s, it is now version %(now)s. Reload it and decide on what stands.")
        return Conflict(stale % {"seen": seen_version, "now": self.version}, code="stale_version")
