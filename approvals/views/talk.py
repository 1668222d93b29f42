"""What anyone concerned presses: comment, withdraw, have the plan made anew."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.caller import caller
from approvals.actions import comment_on_request, refresh_plan, withdraw_request
from approvals.forms import CommentForm, WithdrawForm
from approvals.views.detail import visible


@require_POST
def comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Adds to the story."""
    row = get_object_or_404(visible(request), pk=pk)
    form = CommentForm(request.POST)
    if form.is_valid():
        comment_on_request(actor=caller(request), request=row, body=form.cleaned_data["body"])
    else:
        messages.error(request, " ".join(map(str, form.errors["body"])))
    return redirect("request_detail", pk=row.pk)


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes it back."""
    row = get_object_or_404(visible(request), pk=pk)
    form = WithdrawForm(request.POST)
    if form.is_valid():
        withdraw_request(actor=caller(request), request=row, reason=form.cleaned_data["reason"])
        messages.success(request, _("Withdrawn. You can ask again at any time."))
    else:
        messages.error(request, " ".join(map(str, form.errors["reason"])))
    return redirect("request_detail", pk=row.pk)


@require_POST
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """A worker asks the cluster again."""
    row = get_object_or_404(visible(request), pk=pk)
    refresh_plan(actor=caller(request), request=row)
    messages.info(request, _("The plan is being made anew."))
    return redirect("request_detail", pk=row.pk)
