"""What an approver does: yes, yes with other numbers, no, or not like this."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from approvals.models import Request, TimelineEntry
from approvals.policies import decides, may_decide
from approvals.registry import request_kind
from approvals.states import RequestOutcome, State
from approvals.story import tell
from audit.action import action
from audit.errors import Conflict

What = TimelineEntry.What


@action("request.approve")
def approve_request(
    *, actor: User, request: Request, seen_version: int, decided: dict[str, Any] | None = None, reason: str = "", confirmed: bool = False
) -> Request:
    """Says yes to the version that was seen, with other numbers if `decided` is given. Applying it is a second, separate truth.

    `confirmed` decides although there is no current plan or the plan says that the cluster would refuse. Raises
    PermissionDenied, ValidationError (numbers), Conflict (stale, already decided, over a ceiling, no plan).
    """
    _ask_policy(actor, request)
    request.insist_on(seen_version)
    kind = request_kind(request.kind)
    snapshot = _validated(request, decided if decided is not None else request.requested, seen_version)
    if not confirmed:
        _insist_on_a_plan(request)
    changed = snapshot if snapshot != request.requested else None
    request.move(
        State.APPROVED,
        seen_version=seen_version,
        decided=changed,
        decided_by=actor,
        decided_at=timezone.now(),
        reason=reason,
        outcome=RequestOutcome.APPLYING,
        changes_wanted=False,
    )
    tell(request, What.APPROVED, actor=actor, body=reason, snapshot=changed, decided=request.in_force, confirmed=confirmed)
    request.result_id = kind.on_approved(request)
    request.save(update_fields=["result_id"])
    return request


@action("request.reject")
def reject_request(*, actor: User, request: Request, seen_version: int, reason: str) -> Request:
    """Says no, with a reason. Raises PermissionDenied, ValidationError (no reason), Conflict (stale, already decided)."""
    _ask_policy(actor, request)
    _insist_on_a_reason(reason)
    request.move(State.REJECTED, seen_version=seen_version, decided_by=actor, decided_at=timezone.now(), reason=reason)
    tell(request, What.REJECTED, actor=actor, body=reason)
    return request


@action("request.ask_for_changes")
def ask_for_changes(*, actor: User, request: Request, seen_version: int, reason: str) -> Request:
    """Hands the request back to the one who asked, who changes or withdraws it. Raises as `reject_request` does."""
    _ask_policy(actor, request)
    _insist_on_a_reason(reason)
    same = Request.objects.pending().filter(pk=request.pk, version=seen_version)
    if not same.update(changes_wanted=True, updated_at=timezone.now()):
        request.refresh_from_db()
        raise request.stale(seen_version)
    request.refresh_from_db()
    tell(request, What.CHANGES_ASKED, actor=actor, body=reason)
    return request


def _validated(request: Request, wanted: dict[str, Any], seen_version: int) -> dict[str, Any]:
    """The snapshot, if it can stand. What cannot because somebody else has decided meanwhile is that, and no mistake in the numbers."""
    try:
        return request_kind(request.kind).validate(request, wanted)
    except ValidationError:
        request.refresh_from_db()
        request.insist_on(seen_version)
        raise


def _ask_policy(actor: User, request: Request) -> None:
    if may_decide(actor, request):
        return
    if decides(actor) and request.requester_id != actor.pk:
        raise PermissionDenied(_("What you did made the portal ask for this. Ask another approver."))
    if decides(actor):
        raise PermissionDenied(_("Nobody decides their own request. Ask another approver."))
    raise PermissionDenied(_("Only approvers decide requests."))


def _insist_on_a_reason(reason: str) -> None:
    if not reason.strip():
        raise ValidationError({"reason": _("Say why, so that the team knows what to do.")})


def _insist_on_a_plan(request: Request) -> None:
    plan = request.plan
    if not plan.is_current:
        message = _("There is no plan for this version: %(why)s. Wait for it, or confirm that you decide without it.")
        raise Conflict(message % {"why": plan.unavailable_because or _("it is being made")}, code="no_plan")
    if any(verdict["verdict"] in ("refused", "conflict") for verdict in plan.objects_planned):
        message = _("The plan says that the cluster would refuse a part of it. Ask for changes, or confirm that you approve it as it is.")
        raise Conflict(message, code="plan_refused")
