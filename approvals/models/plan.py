"""What a decision would do to the cluster, object by object, as its own API server said in a dry run."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from approvals.models.request import Request
from reconcile.models import Reconciled


class Plan(Reconciled):
    """The newest dry run for a request. `objects` are the verdicts of kube.plan.dry_run, in the order of the objects' stages.

    `made_for` is the request's version that they belong to; 0 while none was made.
    """

    request = models.OneToOneField(Request, on_delete=models.CASCADE, related_name="plan")
    objects_planned = models.JSONField(default=list, blank=True)
    made_for = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField(_("made"), null=True, blank=True)

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")

    def __str__(self) -> str:
        return f"plan of #{self.request_id} version {self.made_for}"

    @property
    def is_current(self) -> bool:
        """Whether it was made for what the request asks now, and by a cluster that answered."""
        return self.made_for == self.request.version and self.settled

    @property
    def state(self) -> str:
        """ready, preparing, or unavailable (with the Applied condition's message telling why)."""
        if self.is_current:
            return "ready"
        applied = self.condition("Applied")
        return "unavailable" if applied and applied["status"] == "False" else "preparing"

    @property
    def unavailable_because(self) -> str:
        """Why there is no current plan, in plain words; empty while there is one or it is being made."""
        applied = self.condition("Applied")
        return applied["message"] if self.state == "unavailable" and applied else ""
