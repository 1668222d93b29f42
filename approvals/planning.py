"""Plans as a kind of the engine: due when a request is opened or changed, made by a worker, shown with version and time."""

from typing import Any

from django.db.models.functions import Now

from approvals.models import Plan, Request
from approvals.registry import request_kind
from approvals.streaming import announce
from reconcile.attempt import Attempt
from reconcile.outcome import Outcome
from reconcile.registry import OwnerKind


class PlanKind(OwnerKind):
    """A plan owns nothing in a cluster: an attempt asks the API server and keeps its answers."""

    name = "plan"
    model = Plan

    def rows(self) -> Any:
        """With the request."""
        return Plan.objects.select_related("request__team")

    def run(self, row: Plan, attempt: Attempt) -> Outcome:
        """Dry-runs what the request asks now; a decided request needs no plan any more."""
        request = row.request
        if not request.is_open:
            return Outcome("done", "Decided", "the request is decided")
        verdicts = request_kind(request.kind).plan(request, attempt)
        extra = {"objects_planned": verdicts, "made_for": request.version, "made_at": Now()}
        return Outcome("done", "Planned", f"{len(verdicts)} objects", extra=extra)

    def blocked_key(self, row: Plan) -> str:
        """Waits for the request's cluster."""
        return request_kind(row.request.kind).cluster_key(row.request)

    def unreachable(self, row: Plan) -> None:
        """Opens the cluster's breaker."""
        request_kind(row.request.kind).unreachable(row.request)

    def settled(self, row: Plan, outcome: Outcome) -> None:
        """The open page learns that there is a plan, or why there is none."""
        announce(row.request, "plan")

    def visible_to(self, user: Any) -> Any:
        """Who sees the request sees its plan."""
        return Plan.objects.filter(request__in=Request.objects.visible_to(user))
