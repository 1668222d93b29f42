"""The list of deployments."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.caller import caller
from accounts.models import Team
from approvals.models import Request
from approvals.policies import may_ask_anywhere
from clusters.models import Cluster
from deployments.columns import LIST, look_at
from deployments.filters import DeploymentFilter
from deployments.health import STATES, healths
from deployments.queries import deployments_seen_by, with_aliases
from rest.lists import Listing
from tenants.environments import Environment
from tenants.models import Namespace

FILTERS = ("q", "team", "namespace", "cluster", "environment", "health", "model", "gone")


@require_safe
def deployment_list(request: HttpRequest) -> HttpResponseBase:
    """Those that this person may see, with how they do."""
    user = caller(request)
    found = DeploymentFilter(request.GET, deployments_seen_by(user)).qs
    listing = Listing(request, with_aliases(found), LIST, name="deployments", default="name")
    if listing.format:
        return listing.download(look_at)
    rows = list(listing.page)
    health = healths(rows)
    context = {
        "listing": listing,
        "rows": [(row, health[row.pk]) for row in rows],
        "offers": offers(request),
        "may_deploy": may_ask_anywhere(user),
        "waiting": Request.objects.visible_to(user).pending().filter(kind="deployment").order_by("-created_at")[:5],
        "filtered": any(request.GET.get(name) for name in FILTERS),
        "live_url": reverse("deployment_stream"),
    }
    return render(request, "deployments/list.html", context)


def offers(request: HttpRequest) -> dict[str, object]:
    """What the filters offer."""
    return {
        "teams": Team.objects.visible_to(request.user),
        "namespaces": Namespace.objects.visible_to(request.user).standing().filter(deployments__isnull=False).distinct(),
        "clusters": Cluster.objects.visible_to(request.user).only("name", "display_name"),
        "environments": Environment.choices,
        "states": [(name, word) for name, word in STATES.items() if name != "deleted"],
    }
