"""The page of one version: what it takes and gives, how good it was, what it is made of."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.caller import caller
from registry.deploying import deploy_url
from registry.forms import TagForm
from registry.models import ModelVersion
from registry.policies import may_tag
from registry.queries import registry_state
from registry.signature import parts_of
from registry.usage import uses_of
from registry.views.detail import of_version, visible_model


def visible_version(request: HttpRequest, name: str, number: int) -> ModelVersion:
    """The version, if it exists for this person; else a 404. One that is gone keeps its page."""
    row = visible_model(request, name)
    return get_object_or_404(row.versions.select_related("model__team").prefetch_related("aliases"), number=number)


@require_safe
def version_detail(request: HttpRequest, name: str, number: int) -> HttpResponse:
    """The page."""
    return show(request, visible_version(request, name, number))


def show(request: HttpRequest, row: ModelVersion, *, status: int = 200, tag_form: TagForm | None = None) -> HttpResponse:
    """The page with the form as it is; `status` tells why it is shown again."""
    user = caller(request)
    context: dict[str, Any] = {
        "row": row,
        "parts": parts_of(row.signature),
        "uses": of_version(uses_of(user, [row.model])[row.model_id], row),
        "deploy_url": "" if row.gone_at else deploy_url(row.model.name, row.number),
        "registry": registry_state(user),
        "may_tag": may_tag(user, row.model) and row.gone_at is None,
        "tag_form": tag_form or TagForm(initial={"version": row.number}),
        "live_url": reverse("model_live", args=[row.model.name]),
        "page_url": reverse("model_version", args=[row.model.name, row.number]),
    }
    return render(request, "models/version.html", context, status=status)
