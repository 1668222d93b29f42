"""What people press while a candidate stands beside what serves."""

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.caller import caller
from deployments.actions import change_share, promote_candidate, roll_back_candidate
from deployments.forms.steps import ReasonForm, ShareForm
from deployments.models import ModelDeployment, Rollout
from deployments.views.sending import pressed


def visible(request: HttpRequest, pk: int) -> Rollout:
    """A rollout of a deployment that exists for this person, with what the actions read of it."""
    seen = Rollout.objects.filter(deployment__in=ModelDeployment.objects.visible_to(request.user))
    found = seen.select_related("deployment__namespace__team", "deployment__cluster", "candidate", "stable")
    return get_object_or_404(found, pk=pk)


@require_POST
def rollout_share(request: HttpRequest, pk: int) -> HttpResponse:
    """Another share of the requests for the candidate."""
    row, form = visible(request, pk), ShareForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("A share goes from 0 to 100 percent."))
        return redirect("deployment_detail", pk=row.deployment_id)
    act = partial(change_share, actor=caller(request), rollout=row, **form.cleaned_data)
    done = _("The candidate gets %(share)s %% of the requests; what is measured begins anew.") % form.cleaned_data
    return pressed(request, act, done, row.deployment_id)


@require_POST
def rollout_promote(request: HttpRequest, pk: int) -> HttpResponse:
    """The candidate serves alone."""
    row, form = visible(request, pk), ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    act = partial(promote_candidate, actor=caller(request), rollout=row, reason=reason)
    return pressed(request, act, _("Promoted: revision %(number)s serves alone.") % {"number": row.candidate.number}, row.deployment_id)


@require_POST
def rollout_roll_back(request: HttpRequest, pk: int) -> HttpResponse:
    """The candidate goes; what served before serves alone again."""
    row, form = visible(request, pk), ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    act = partial(roll_back_candidate, actor=caller(request), rollout=row, reason=reason)
    return pressed(request, act, _("Rolled back: revision %(number)s serves alone.") % {"number": row.stable.number}, row.deployment_id)
