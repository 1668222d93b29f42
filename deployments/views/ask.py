"""Deploying and changing, with an answer while somebody types."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.caller import caller
from approvals.models import Request
from approvals.policies import may_ask_anywhere
from deployments.actions import deploy, revise_wish
from deployments.cluster_word import cluster_word
from deployments.forms.change import ChangeForm, ReviseForm
from deployments.forms.deploy import DeployForm
from deployments.forms.spec import STEERING, SpecForm
from deployments.queries import deployments_seen_by
from deployments.request_kind import namespace_of
from deployments.views.sending import landed, sent
from deployments.wish import DeploymentWish

page = require_http_methods(["GET", "HEAD", "POST"])


@page
def deployment_new(request: HttpRequest) -> HttpResponse:
    """The form; a link may fill it in."""
    form = DeployForm(request.POST or None, user=caller(request), initial=request.GET.dict())
    if form.is_bound and form.is_valid() and (placed := sent(form, lambda: deploy(**arguments(request, form), seen_revision=0))):
        return landed(request, placed)
    context = {"form": form, "may_ask": may_ask_anywhere(caller(request))}
    return render(request, "deployments/new.html", context, status=422 if request.method == "POST" else 200)


@page
def deployment_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The next revision, filled in with what serves."""
    row = get_object_or_404(changeable(request), pk=pk)
    form = ChangeForm(request.POST or None, user=caller(request), deployment=row, initial=request.GET.dict())
    if form.is_bound and form.is_valid():
        seen = form.cleaned_data["seen_revision"]
        if placed := sent(form, lambda: deploy(**arguments(request, form), seen_revision=seen)):
            return landed(request, placed)
    return render(request, "deployments/edit.html", {"form": form, "row": row}, status=422 if request.method == "POST" else 200)


@page
def deployment_revise(request: HttpRequest, pk: int) -> HttpResponse:
    """Other words or numbers for an open request of one's own."""
    row = get_object_or_404(asked(request), pk=pk)
    form = revision_form(request, row)
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        words = {"reason": data["reason"], "seen_version": data["seen_version"]}
        if sent(form, lambda: revise_wish(actor=caller(request), request=row, wish=form.wish, **words)):
            return redirect("request_detail", pk=pk)
    return render(request, "deployments/revise.html", {"form": form, "row": row}, status=422 if request.method == "POST" else 200)


@require_POST
def deployment_check(request: HttpRequest) -> HttpResponse:
    """What is wrong with what was filled in so far, what it would take, who decides. A field that steers others brings them anew."""
    form = form_to_check(request)
    form.is_valid()
    edited = request.headers.get("HX-Trigger-Name", "")
    told = form.touched(edited)
    form.hush(told)
    context = {"form": form, "told": [form[name] for name in form.fields if name in told & form.shown]}
    return render(request, "deployments/steered.html" if edited in STEERING else "deployments/check.html", context)


@require_POST
def deployment_word(request: HttpRequest) -> HttpResponse:
    """What the cluster would refuse of it; asked for by the answer of a check, which does not wait for it."""
    form = form_to_check(request)
    form.is_valid()
    told = cluster_word(caller(request), form.subject) if form.subject and not form.wrong else None
    return render(request, "deployments/cluster_word.html", {"form": form, "told": told})


def form_to_check(request: HttpRequest) -> SpecForm:
    """The form of a new deployment, or of the change of the deployment or the request that the address names."""
    if "deployment" in request.GET:
        row = get_object_or_404(changeable(request), pk=number(request, "deployment"))
        return ChangeForm(request.POST, user=caller(request), deployment=row)
    if "request" in request.GET:
        return revision_form(request, get_object_or_404(asked(request), pk=number(request, "request")))
    return DeployForm(request.POST, user=caller(request))


def number(request: HttpRequest, name: str) -> int:
    """A key in the address; 0, which no row has, for what is none."""
    text = request.GET[name]
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


def arguments(request: HttpRequest, form: SpecForm) -> dict[str, Any]:
    """What `deploy` is told."""
    data = form.cleaned_data
    common = {"actor": caller(request), "namespace": form.place, "wish": form.wish}
    return {**common, "reason": data["reason"], "confirmed": data["confirmed"]}


def changeable(request: HttpRequest) -> Any:
    """The deployments that exist for this person and are not on their way out."""
    return deployments_seen_by(caller(request)).filter(deleted_at__isnull=True, deletion_requested_at__isnull=True)


def asked(request: HttpRequest) -> Any:
    """The requests for deployments that exist for this person."""
    return Request.objects.visible_to(request.user).filter(kind="deployment").select_related("team", "requester")


def revision_form(request: HttpRequest, row: Request) -> ReviseForm:
    """The form of an open request, about the namespace that it names."""
    namespace = namespace_of(DeploymentWish.load(row.requested))
    return ReviseForm(request.POST or None, user=caller(request), request_row=row, namespace=namespace)
