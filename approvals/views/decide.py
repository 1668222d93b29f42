"""What an approver presses: one call of an action; what contradicts it is shown beside what was typed."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.caller import caller
from approvals.actions import approve_request, ask_for_changes, reject_request
from approvals.forms import VerdictForm
from approvals.kind_pages import kind_page
from approvals.models import Request
from approvals.views.detail import show, visible
from audit.errors import Conflict

CONFIRMABLE = ("no_plan", "plan_refused")


@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Yes, with the numbers as they stand in the form."""
    row = get_object_or_404(visible(request), pk=pk)
    page = kind_page(row.kind)
    numbers, verdict = page.form(row, request.POST), VerdictForm(request.POST)
    if not verdict.is_valid() or (row.is_open and not numbers.is_valid()):
        return show(request, row, numbers=numbers, verdict=verdict, status=422)
    words = verdict.cleaned_data
    decided = page.wanted(numbers) if numbers.is_valid() else None

    def act() -> Request:
        return approve_request(
            actor=caller(request),
            request=row,
            seen_version=words["seen_version"],
            decided=decided,
            reason=words["reason"],
            confirmed=words["confirmed"],
        )

    return _answer(request, row, act, _("Approved. Workers make the cluster equal to it now."), numbers, verdict)


@require_POST
def weigh(request: HttpRequest, pk: int) -> HttpResponse:
    """What these numbers would leave, while an approver types them; decides nothing."""
    row = get_object_or_404(visible(request), pk=pk)
    page = kind_page(row.kind)
    numbers = page.form(row, request.POST)
    return render(request, "requests/weigh.html", {"numbers": numbers, "outlook": page.outlook(row, numbers)})


@require_POST
def reject(request: HttpRequest, pk: int) -> HttpResponse:
    """No, with a reason."""
    return _say(request, pk, reject_request, _("Rejected. The team sees your reason."))


@require_POST
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Not like this."""
    return _say(request, pk, ask_for_changes, _("Handed back. It waits for the one who asked."))


def _say(request: HttpRequest, pk: int, action: Callable[..., Request], done: str) -> HttpResponse:
    row = get_object_or_404(visible(request), pk=pk)
    verdict = VerdictForm(request.POST)
    if not verdict.is_valid():
        return show(request, row, verdict=verdict, status=422)
    words = verdict.cleaned_data

    def act() -> Request:
        return action(actor=caller(request), request=row, seen_version=words["seen_version"], reason=words["reason"])

    return _answer(request, row, act, done, None, verdict)


def _answer(
    request: HttpRequest, row: Request, act: Callable[[], Any], done: str, numbers: forms.Form | None, verdict: VerdictForm
) -> HttpResponse:
    try:
        act()
    except ValidationError as error:
        verdict.add_error(None, error.messages if "reason" not in getattr(error, "error_dict", {}) else [])
        _place(verdict, error)
        return show(request, row, numbers=numbers, verdict=verdict, status=422)
    except Conflict as conflict:
        row = get_object_or_404(visible(request), pk=row.pk)
        fresh = VerdictForm(initial={"seen_version": row.version, "reason": verdict.cleaned_data["reason"]})
        return show(request, row, verdict=fresh, status=409, conflict=conflict.message, confirmable=conflict.code in CONFIRMABLE)
    messages.success(request, done)
    return redirect("request_detail", pk=row.pk)


def _place(verdict: VerdictForm, error: ValidationError) -> None:
    for field, problems in getattr(error, "error_dict", {}).items():
        if field in verdict.fields:
            verdict.add_error(field, problems)
