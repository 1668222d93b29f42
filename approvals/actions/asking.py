"""What a requester does: ask, change what was asked, take it back."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Team, User
from approvals.models import Plan, Request, TimelineEntry
from approvals.policies import may_ask, may_revise, may_withdraw
from approvals.registry import request_kind
from approvals.states import State
from approvals.story import tell
from audit.action import action
from audit.errors import Conflict
from reconcile.wake import wake

What = TimelineEntry.What


@action("request.open")
def open_request(
    *,
    actor: User,
    kind: str,
    team: Team,
    subject: str,
    title: str,
    wanted: dict[str, Any],
    justification: str,
    original: Any = None,
    prompted_by: User | None = None,
) -> Request:
    """Opens a request, with its plan due. An open one about the same subject that the actor may withdraw is superseded, visibly.

    `prompted_by` is whose deed makes the portal ask in the actor's name: they do not decide it either.

    Raises PermissionDenied, ValidationError (per field), Conflict (another team, or a colleague, asks for the same subject).
    """
    if not may_ask(actor, team):
        raise PermissionDenied(_("You can ask for a team only as its member or owner."))
    fresh = Request(kind=kind, team=team, requester=actor, subject=subject, title=title, justification=justification, original=original)
    fresh.prompted_by = prompted_by
    fresh.requested = request_kind(kind).validate(fresh, wanted)
    older = _step_aside(actor, subject, team)
    fresh.full_clean(exclude=["requested", "original", "decided", "applied"], validate_constraints=False)
    fresh.save(force_insert=True)
    if older is not None:
        older.superseded_by = fresh
        older.save(update_fields=["superseded_by"])
        tell(older, What.SUPERSEDED, actor=actor, superseded_by=fresh.pk)
    tell(fresh, What.OPENED, actor=actor, body=justification, snapshot=fresh.requested, requested=fresh.requested)
    plan = Plan.objects.create(request=fresh, next_reconcile_at=Now())
    wake("plan", plan.pk)
    return fresh


def _step_aside(actor: User, subject: str, team: Team) -> Request | None:
    """Supersedes the open request about the subject, if there is one and the actor could take it back."""
    older = Request.objects.pending().select_for_update().filter(subject=subject).first()
    if older is None:
        return None
    if older.team_id != team.pk:
        raise Conflict(_("Another team already asks for this. Choose another name, or wait for that decision."), code="subject_taken")
    if not may_withdraw(actor, older):
        message = _("%(who)s already asks for this in #%(number)s. Ask them to change it, or an owner of the team to withdraw it.")
        raise Conflict(message % {"who": older.requester, "number": older.pk}, code="subject_taken")
    older.move(State.SUPERSEDED)
    return older


@action("request.revise")
def revise_request(*, actor: User, request: Request, wanted: dict[str, Any], justification: str, seen_version: int) -> Request:
    """Changes what is asked: the next version, with a new plan. Raises PermissionDenied, ValidationError, Conflict (stale)."""
    if not may_revise(actor, request):
        raise PermissionDenied(_("Only the one who asked can change the request."))
    request.insist_on(seen_version)
    snapshot = request_kind(request.kind).validate(request, wanted)
    changed = Request.objects.pending().filter(pk=request.pk, version=seen_version)
    values = {"requested": snapshot, "justification": justification, "changes_wanted": False, "updated_at": timezone.now()}
    if not changed.update(version=F("version") + 1, **values):
        request.refresh_from_db()
        raise request.stale(seen_version)
    request.refresh_from_db()
    request.plan.touch()
    wake("plan", request.plan.pk)
    tell(request, What.REVISED, actor=actor, body=justification, snapshot=snapshot, requested=snapshot)
    return request


@action("request.withdraw")
def withdraw_request(*, actor: User, request: Request, reason: str = "") -> Request:
    """Takes an open request back. Raises PermissionDenied, Conflict (already decided)."""
    if not may_withdraw(actor, request):
        raise PermissionDenied(_("Only the one who asked, or an owner of the team, can withdraw a request."))
    request.move(State.WITHDRAWN, decided_at=timezone.now(), decided_by=actor, reason=reason)
    tell(request, What.WITHDRAWN, actor=actor, body=reason)
    return request
