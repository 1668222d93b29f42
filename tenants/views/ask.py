"""Asking for a namespace, with an answer while somebody types, and changing what was asked."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.caller import caller
from approvals.models import Request
from audit.errors import Conflict
from tenants.actions import request_namespace, revise_namespace_request
from tenants.forms import AmountsForm, NamespaceForm, ReviseForm
from tenants.outlook import Outlook, outlook


@require_http_methods(["GET", "HEAD", "POST"])
def namespace_new(request: HttpRequest) -> HttpResponse:
    """The form; a GET may fill it in, so that a link can propose numbers."""
    if request.method != "POST":
        form = NamespaceForm(user=caller(request), initial={"cpu": "8", "memory": "32Gi", **request.GET.dict()})
        return render(request, "namespaces/new.html", {"form": form, "outlook": left(form)})
    form = NamespaceForm(request.POST, user=caller(request))
    if form.is_valid():
        words = form.cleaned_data
        if row := _sent(
            form, lambda: request_namespace(actor=caller(request), team=words["team"], wish=form.wish, justification=words["justification"])
        ):
            messages.success(request, _("Asked. An approver sees it in the inbox now."))
            return redirect("request_detail", pk=row.pk)
    return render(request, "namespaces/new.html", {"form": form, "outlook": left(form)}, status=422)


@require_POST
def namespace_check(request: HttpRequest) -> HttpResponse:
    """What is wrong with the fields that were filled in so far, and what the cluster would have left."""
    form = NamespaceForm(request.POST, user=caller(request))
    form.is_valid()
    edited = request.headers.get("HX-Trigger-Name", "")
    told = [field for field in form if field.name == edited or request.POST.get(field.name)]
    return render(request, "namespaces/check.html", {"form": form, "told": told, "outlook": left(form)})


@require_http_methods(["GET", "HEAD", "POST"])
def request_revise(request: HttpRequest, pk: int) -> HttpResponse:
    """Other numbers or words for an open request of one's own: the next version."""
    row = get_object_or_404(Request.objects.visible_to(request.user).filter(kind="namespace"), pk=pk)
    if request.method != "POST":
        form = ReviseForm(request_row=row)
        form.initial.update({"justification": row.justification, "seen_version": row.version})
        return render(request, "namespaces/revise.html", {"form": form, "row": row, "outlook": left(form)})
    form = ReviseForm(request.POST, request_row=row)
    if form.is_valid():
        words = form.cleaned_data
        if _sent(
            form,
            lambda: revise_namespace_request(
                actor=caller(request),
                request=row,
                wish=form.wanted,
                justification=words["justification"],
                seen_version=words["seen_version"],
            ),
        ):
            messages.success(request, _("Changed. The plan is being made anew."))
            return redirect("request_detail", pk=pk)
    return render(request, "namespaces/revise.html", {"form": form, "row": row, "outlook": left(form)}, status=422)


def left(form: AmountsForm) -> list[Outlook]:
    """What the form's cluster would have left; what cannot be read counts as nothing."""
    return outlook(form.place, form.resources) if form.place else []


def _sent(form: forms.Form, act: Callable[[], Request]) -> Request | None:
    """The request, or None with what speaks against it in the form."""
    try:
        return act()
    except ValidationError as error:
        for field, problems in getattr(error, "error_dict", {None: error.messages}).items():
            form.add_error(field if field in form.fields else None, problems)
    except Conflict as conflict:
        form.add_error(None, conflict.message)
    return None
