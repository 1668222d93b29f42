"""What people press on a model: move and remove aliases, set and remove tags."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.caller import caller
from registry import actions
from registry.forms import AliasForm, AliasRemovalForm, TagForm
from registry.models import RegisteredModel
from registry.views import detail, version
from registry.views.refusals import add_errors


@require_POST
def alias_set(request: HttpRequest, name: str) -> HttpResponseBase:
    """Points an alias to a version."""
    row, form = detail.visible_model(request, name), AliasForm(request.POST)
    if form.is_valid():
        words, seen = form.cleaned_data, form.cleaned_data["seen"]
        try:
            actions.set_alias(
                actor=caller(request), model=row, alias=words["alias"].strip(), number=words["version"], seen=-1 if seen is None else seen
            )
        except ValidationError as error:
            add_errors(form, error)
        else:
            return _asked(request, row)
    return detail.show(request, row, status=422, alias_form=form)


@require_POST
def alias_remove(request: HttpRequest, name: str) -> HttpResponseBase:
    """Removes an alias."""
    row, form = detail.visible_model(request, name), AliasRemovalForm(request.POST)
    if not form.is_valid():
        return detail.show(request, row, status=422)
    try:
        actions.delete_alias(actor=caller(request), model=row, alias=form.cleaned_data["alias"], seen=form.cleaned_data["seen"])
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("model_detail", name=row.name)
    return _asked(request, row)


@require_POST
def tag_set(request: HttpRequest, name: str) -> HttpResponseBase:
    """Sets a tag at the model, or at one of its versions."""
    row, form = detail.visible_model(request, name), TagForm(request.POST)
    if form.is_valid():
        words = form.cleaned_data
        try:
            actions.set_tag(actor=caller(request), model=row, key=words["key"].strip(), value=words["value"], number=words["version"])
        except ValidationError as error:
            add_errors(form, error)
        else:
            return _asked(request, row, words["version"])
    return _tag_refused(request, row, form)


def _tag_refused(request: HttpRequest, row: RegisteredModel, form: TagForm) -> HttpResponseBase:
    number = form.cleaned_data.get("version")
    seen = row.versions.filter(number=number).first() if number else None
    if seen is not None:
        return version.show(request, version.visible_version(request, row.name, seen.number), status=422, tag_form=form)
    return detail.show(request, row, status=422, tag_form=form)


@require_POST
def tag_remove(request: HttpRequest, name: str) -> HttpResponseBase:
    """Removes a tag."""
    row, form = detail.visible_model(request, name), TagForm(request.POST)
    if not form.is_valid():
        return detail.show(request, row, status=422)
    number = form.cleaned_data["version"]
    try:
        actions.delete_tag(actor=caller(request), model=row, key=form.cleaned_data["key"], number=number)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("model_detail", name=row.name)
    return _asked(request, row, number)


def _asked(request: HttpRequest, row: RegisteredModel, number: int | None = None) -> HttpResponseBase:
    messages.info(request, _("Asked. The page follows what the registry does with it."))
    return redirect("model_version", name=row.name, number=number) if number else redirect("model_detail", name=row.name)
