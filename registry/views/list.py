"""The list of models."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.caller import caller
from accounts.models import Team
from registry.columns import MODELS
from registry.filters import ModelFilter
from registry.models import RegisteredModel
from registry.policies import may_register_anywhere
from registry.queries import models_seen_by, new_models_asked_by, registry_state
from registry.usage import uses_of
from rest.lists import Listing


@require_safe
def model_list(request: HttpRequest) -> HttpResponseBase:
    """Those that this person may see, with where they are deployed."""
    user = caller(request)
    rows = ModelFilter(request.GET, models_seen_by(user)).qs
    listing: Listing[RegisteredModel] = Listing(request, rows, MODELS, name="models", default="name")
    if listing.format:
        return listing.download()
    uses = uses_of(user, list(listing.page))
    context = {
        "listing": listing,
        "rows": [(row, uses[row.pk]) for row in listing.page],
        "teams": Team.objects.visible_to(user),
        "registry": registry_state(user),
        "asked": new_models_asked_by(user),
        "may_register": may_register_anywhere(user),
        "filtered": any(request.GET.get(key) for key in ("team", "q", "alias", "gone")),
        "live_url": reverse("model_stream"),
    }
    return render(request, "models/list.html", context)
