"""Carrying what serves to another environment, with what would differ there."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from accounts.caller import caller
from deployments.actions import promote_to
from deployments.actions.ask import subject_for
from deployments.actions.promote import promoted_wish
from deployments.checks import findings
from deployments.diffs import changed_only, difference
from deployments.forms.steps import PromoteForm
from deployments.models import ModelDeployment
from deployments.outlook import room_lines
from deployments.policies import approval_reasons
from deployments.serving import offer_of
from deployments.views.ask import changeable
from deployments.views.sending import landed, sent


@require_http_methods(["GET", "HEAD", "POST"])
def deployment_promote_to(request: HttpRequest, pk: int) -> HttpResponse:
    """A GET with another namespace shows what would differ there."""
    row = get_object_or_404(changeable(request), pk=pk)
    form = PromoteForm(request.POST or None, deployment=row, initial=request.GET.dict())
    if form.is_bound and form.is_valid():
        words = {name: form.cleaned_data[name] for name in ("namespace", "reason", "confirmed")}
        if placed := sent(form, lambda: promote_to(actor=caller(request), deployment=row, trial=form.wanted_trial, **words)):
            return landed(request, placed)
    context = {"row": row, "form": form, **look(row, form)}
    return render(request, "deployments/promote.html", context, status=422 if request.method == "POST" else 200)


def look(row: ModelDeployment, form: PromoteForm) -> dict[str, Any]:
    """What stands in the chosen namespace, what would, and what speaks against it."""
    chosen = form.chosen
    if chosen is None or row.revision is None:
        return {"chosen": None}
    trial = form.wanted_trial if form.is_bound and not form.errors else None
    subject = subject_for(chosen, promoted_wish(row, row.revision, chosen, trial))
    return {
        "chosen": chosen,
        "stands": subject.standing,
        "lines": changed_only(difference(subject.stands, subject.spec)),
        "found": findings(subject),
        "room": room_lines(subject),
        "reasons": approval_reasons(chosen, subject.wish, subject.version),
        "no_trial": offer_of(chosen.cluster).no_splitting,
    }
