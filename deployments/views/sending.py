"""What the views do with the answer of an action: what contradicts it stands in the form, or above the page where it was pressed."""

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from audit.errors import Conflict
from deployments.actions import Placed

Result = TypeVar("Result")


def sent(form: Any, act: Callable[[], Result]) -> Result | None:
    """What the action gave, or None with what speaks against it in the form; `form.conflict` is a contradiction's code."""
    try:
        return act()
    except ValidationError as error:
        tell(form, error)
    except Conflict as conflict:
        form.conflict = conflict.code
        form.add_error(None, conflict.message)
    return None


def tell(form: forms.Form, error: ValidationError) -> None:
    """Each message at its field; what has none stands above the form."""
    if hasattr(form, "tell"):
        form.tell(error)
        return
    for name, problems in getattr(error, "error_dict", {"": error.messages}).items():
        form.add_error(name if name in form.fields else None, problems)


def landed(request: HttpRequest, placed: Placed) -> HttpResponse:
    """On the page of what became of a wish."""
    if placed.request:
        messages.info(request, _("Asked. An approver decides; it starts by itself after a yes."))
        return redirect("request_detail", pk=placed.request.pk)
    assert placed.deployment is not None  # noqa: S101 - it is one of the two
    messages.success(request, _("Workers make the cluster equal to it now."))
    return redirect("deployment_detail", pk=placed.deployment.pk)


def pressed(request: HttpRequest, act: Callable[[], Any], done: str, pk: int, tab: str = "") -> HttpResponse:
    """Back on the deployment's page, with what was done or what contradicts it; on the request's where an approver has to decide."""
    try:
        result = act()
    except Conflict as conflict:
        messages.error(request, conflict.message)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        if isinstance(result, Placed) and result.request:
            return landed(request, result)
        messages.success(request, done)
    return redirect("deployment_tab", pk=pk, tab=tab) if tab else redirect("deployment_detail", pk=pk)
