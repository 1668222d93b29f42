"""What people press on a deployment: pause, resume, retry, follow, roll back, delete."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.caller import caller
from deployments.actions import delete_deployment, follow_alias, pause_deployment, resume_deployment, retry_deployment, roll_back
from deployments.forms.steps import DeleteForm, FollowForm, ReasonForm
from deployments.health import ENDED
from deployments.models import ModelDeployment
from deployments.queries import deployments_seen_by, pods_of
from deployments.views.detail import show
from deployments.views.sending import pressed, sent


def visible(request: HttpRequest) -> Any:
    """The deployments that exist for this person."""
    return deployments_seen_by(caller(request))


def standing(request: HttpRequest, pk: int) -> ModelDeployment:
    """One that is not gone; else there is nothing here to press."""
    row: ModelDeployment = get_object_or_404(visible(request).filter(deleted_at__isnull=True), pk=pk)
    return row


@require_POST
def deployment_pause(request: HttpRequest, pk: int) -> HttpResponse:
    """Stops its pods and keeps everything else."""
    act = partial(pause_deployment, actor=caller(request), deployment=standing(request, pk))
    return pressed(request, act, _("Its pods are being stopped. Resume brings them back as they were."), pk)


@require_POST
def deployment_resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Lets it serve again."""
    act = partial(resume_deployment, actor=caller(request), deployment=standing(request, pk))
    return pressed(request, act, _("It starts again."), pk)


@require_POST
def deployment_retry(request: HttpRequest, pk: int) -> HttpResponse:
    """A worker looks at it at once."""
    row = standing(request, pk)
    retry_deployment(actor=caller(request), deployment=row)
    messages.info(request, _("A worker looks at it now."))
    if request.POST.get("back") == "request" and row.revision and row.revision.request_id:
        return redirect("request_detail", pk=row.revision.request_id)
    return redirect("deployment_detail", pk=pk)


@require_POST
def deployment_follow(request: HttpRequest, pk: int) -> HttpResponse:
    """Follows an alias from now on, or none."""
    row = standing(request, pk)
    form = FollowForm(request.POST, deployment=row)
    if form.is_valid():
        alias = form.cleaned_data["alias"]
        if sent(form, partial(follow_alias, actor=caller(request), deployment=row, alias=alias)):
            words = _("When “%(alias)s” moves, the new version is proposed here.") if alias else _("It follows no alias any more.")
            messages.success(request, words % {"alias": alias} if alias else words)
            return redirect("deployment_detail", pk=pk)
    return show(request, row, follow=form, status=422)


@require_POST
def deployment_roll_back(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """An earlier revision serves again, or is asked for."""
    row, form = standing(request, pk), ReasonForm(request.POST)
    revision = get_object_or_404(row.revisions, number=number)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    act = partial(roll_back, actor=caller(request), deployment=row, revision=revision, reason=reason)
    return pressed(request, act, _("Revision %(number)s serves again, as a new one.") % {"number": number}, pk)


@require_http_methods(["GET", "HEAD", "POST"])
def deployment_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """What still serves, its name to be typed, how long its objects are kept."""
    row, form = standing(request, pk), DeleteForm(request.POST or None)
    if form.is_bound and form.is_valid():
        words = {"confirm": form.cleaned_data["confirm"], "grace_seconds": form.grace}
        if sent(form, partial(delete_deployment, actor=caller(request), deployment=row, **words)):
            messages.info(request, _("Stopped. The page follows until its objects are gone."))
            return redirect("deployment_detail", pk=pk)
    context = {"row": row, "form": form, "running": pods_of(row).exclude(phase__in=ENDED)}
    return render(request, "deployments/delete.html", context, status=422 if request.method == "POST" else 200)
