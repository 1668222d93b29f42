"""What anyone concerned may do with a request without changing it: comment, and have the plan made anew."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from approvals.models import Plan, Request, TimelineEntry
from approvals.policies import may_comment, may_see
from approvals.story import tell
from audit.action import action
from audit.record import record
from reconcile.wake import wake


@action("request.comment")
def comment_on_request(*, actor: User, request: Request, body: str) -> Request:
    """Adds a comment to the story. Raises PermissionDenied, ValidationError (empty or over 2,000 characters)."""
    if not may_comment(actor, request):
        raise PermissionDenied(_("Only members of the team and approvers can comment."))
    if not body.strip():
        raise ValidationError({"body": _("Write something first.")})
    if len(body) > 2000:
        raise ValidationError({"body": _("Keep it to 2,000 characters.")})
    tell(request, TimelineEntry.What.COMMENTED, actor=actor, body=body)
    return request


@action("request.refresh_plan")
def refresh_plan(*, actor: User, request: Request) -> Plan:
    """Has a worker make the plan anew. Raises PermissionDenied."""
    if not may_see(actor, request):
        raise PermissionDenied(_("Only those who see the request can refresh its plan."))
    request.plan.touch()
    record(
        actor=actor,
        action="request.refresh_plan",
        subject_kind="request",
        subject_id=request.pk,
        subject_name=str(request),
        team_name=request.team.name,
    )
    wake("plan", request.plan.pk)
    request.plan.refresh_from_db()
    return request.plan
