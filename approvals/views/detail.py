"""The page of one request: what changes, the plan, the story, the decision beside the evidence."""

from itertools import groupby
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.caller import caller
from approvals.forms import CommentForm, VerdictForm
from approvals.kind_pages import kind_page
from approvals.models import Request
from approvals.policies import decides, is_own, may_comment, may_decide, may_revise, may_withdraw


def visible(request: HttpRequest) -> QuerySet[Request]:
    """The requests that exist for this person, with what the page shows."""
    return Request.objects.visible_to(request.user).select_related(
        "team", "requester", "prompted_by", "decided_by", "plan", "superseded_by"
    )


@require_safe
def request_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The page."""
    row = get_object_or_404(visible(request), pk=pk)
    return show(request, row)


def show(
    request: HttpRequest,
    row: Request,
    *,
    numbers: forms.Form | None = None,
    verdict: forms.Form | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The page with the forms as they are; `status` tells why it is shown again."""
    user = caller(request)
    page = kind_page(row.kind)
    judge = row.is_open and may_decide(user, row)
    if judge and numbers is None:
        numbers = page.form(row)
    form = numbers if judge else None
    context = {
        "row": row,
        "changes": page.changes(row, form),
        "reasons": page.reasons(row) if row.is_open else [],
        "outlook": page.outlook(row, form),
        "where": page.where(row),
        "steps": page.steps(row, user),
        "plan": plan_of(row),
        "story": row.timeline.select_related("actor"),
        "numbers": form,
        "verdict": verdict or VerdictForm(initial={"seen_version": row.version}),
        "comment": CommentForm(),
        "may_decide": judge,
        "own_request": row.is_open and decides(user) and is_own(user, row),
        "may_comment": may_comment(user, row),
        "may_withdraw": row.is_open and may_withdraw(user, row),
        "revise_url": page.revise_url(row) if row.is_open and may_revise(user, row) else "",
        "live_url": reverse("request_live", args=[row.pk]),
        "page_url": reverse("request_detail", args=[row.pk]),
        **more,
    }
    return render(request, "requests/detail.html", context, status=status)


def plan_of(row: Request) -> dict[str, Any]:
    """The plan with its counts: how many objects would be created, changed, left, refused."""
    plan = getattr(row, "plan", None)
    if plan is None:
        return {"state": "none", "objects": [], "counts": {}}
    objects = plan.objects_planned if plan.made_for else []
    counts: dict[str, int] = {}
    for verdict in objects:
        counts[verdict["verdict"]] = counts.get(verdict["verdict"], 0) + 1
    return {
        "state": plan.state,
        "why": plan.unavailable_because,
        "objects": objects,
        "groups": grouped(objects),
        "counts": counts,
        "made_at": plan.made_at,
        "made_for": plan.made_for,
        "refused": counts.get("refused", 0) + counts.get("conflict", 0),
        "stand_in": any(verdict.get("stand_in") for verdict in objects),
    }


def grouped(objects: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Neighbours of one kind and verdict together, so that seven network policies are one line to open."""
    pairs = groupby(objects, key=lambda verdict: (verdict["ref"]["kind"], verdict["verdict"]))
    return [{"kind": kind, "verdict": verdict, "objects": list(members)} for (kind, verdict), members in pairs]
