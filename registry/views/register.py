"""Registering: a new model, or another version of one."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.caller import caller
from registry import actions
from registry.forms import NewModelForm, OriginForm
from registry.queries import registry_state
from registry.views.detail import visible_model
from registry.views.refusals import add_errors


@require_http_methods(["GET", "HEAD", "POST"])
def model_new(request: HttpRequest) -> HttpResponse:
    """A new model with its first version."""
    user = caller(request)
    form = NewModelForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            change = actions.register_model(
                actor=user, name=form.cleaned_data["name"].strip(), team=form.chosen_team(), origin=form.origin()
            )
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.info(request, _("Asked. “%(name)s” appears here as soon as the registry has it.") % {"name": change.model_name})
            return redirect("model_list")
    context = {"form": form, "registry": registry_state(user)}
    return render(request, "models/register.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def version_new(request: HttpRequest, name: str) -> HttpResponse:
    """Another version of a model."""
    row, user = visible_model(request, name), caller(request)
    form = OriginForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.register_version(actor=user, model=row, origin=form.origin())
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.info(request, _("Asked. The new version appears here as soon as the registry has it."))
            return redirect("model_detail", name=name)
    context = {"form": form, "row": row, "registry": registry_state(user)}
    return render(request, "models/register.html", context, status=422 if form.errors else 200)
