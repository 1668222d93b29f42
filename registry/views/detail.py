"""The page of one model: its versions, where its aliases point, what was asked of it."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.caller import caller
from registry.columns import VERSIONS
from registry.deploying import deploy_url
from registry.forms import AliasForm, TagForm
from registry.models import ModelVersion, RegisteredModel
from registry.policies import may_move_alias, may_register, may_tag
from registry.queries import changes_of, models_seen_by, registry_state, versions_of
from registry.usage import Use, uses_of
from rest.lists import Listing

CHANGES_SHOWN = 6
CHOICES = 200


def visible_model(request: HttpRequest, name: str) -> RegisteredModel:
    """The model, if it exists for this person; else a 404."""
    found: RegisteredModel = get_object_or_404(models_seen_by(caller(request)), name=name)
    return found


@require_safe
def model_detail(request: HttpRequest, name: str) -> HttpResponseBase:
    """The page."""
    row = visible_model(request, name)
    listing = versions_listing(request, row)
    return listing.download() if listing.format else show(request, row)


def versions_listing(request: HttpRequest, row: RegisteredModel) -> Listing[ModelVersion]:
    """Its versions as the address asks for them, newest first."""
    return Listing(request, versions_of(row), VERSIONS, name=f"versions-of-model-{row.pk}", default="-number")


def show(request: HttpRequest, row: RegisteredModel, *, status: int = 200, **forms: Any) -> HttpResponseBase:
    """The page with the forms as they are; `status` tells why it is shown again."""
    user = caller(request)
    listing, uses = versions_listing(request, row), uses_of(user, [row])[row.pk]
    context = {
        "row": row,
        "listing": listing,
        "versions": [(version, of_version(uses, version), deploy_url(row.name, version.number)) for version in listing.page],
        "aliases": [(alias, deploy_url(row.name, alias.version.number)) for alias in row.aliases.all()],
        "uses": uses,
        "choices": list(row.versions.standing().values_list("number", flat=True).order_by("-number")[:CHOICES]),
        "changes": changes_of(user, row)[:CHANGES_SHOWN],
        "registry": registry_state(user),
        "may_register": may_register(user, row) and row.gone_at is None,
        "may_move": may_move_alias(user, row) and row.gone_at is None,
        "may_tag": may_tag(user, row) and row.gone_at is None,
        "alias_form": forms.get("alias_form") or AliasForm(),
        "tag_form": forms.get("tag_form") or TagForm(),
        "live_url": reverse("model_live", args=[row.name]),
        "page_url": reverse("model_detail", args=[row.name]),
    }
    return render(request, "models/detail.html", context, status=status)


def of_version(uses: list[Use], version: ModelVersion) -> list[Use]:
    """Where this version is deployed."""
    return [use for use in uses if use.version == version.number]
