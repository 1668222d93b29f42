"""The list of namespaces."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.caller import caller
from accounts.models import Team
from approvals.policies import may_ask_anywhere
from clusters.models import Cluster
from kube.quantities import format_bytes, format_cpu
from rest.lists import Column, Listing
from tenants.environments import Environment
from tenants.filters import NamespaceFilter
from tenants.gauges import gauges
from tenants.queries import namespaces_seen_by

COLUMNS = (
    Column("id", value="pk", order="pk"),
    Column("name", _("Name"), "name", "name"),
    Column("team", value="team.name", order="team__name"),
    Column("state", _("State"), "state"),
    Column("environment", _("Environment"), "environment", "environment"),
    Column("cluster", _("Cluster"), "cluster.name", "cluster__name"),
    Column("quota", _("Used of what is granted")),
    Column("cpu", value=lambda row: format_cpu(row.quota.cpu)),
    Column("memory", value=lambda row: format_bytes(row.quota.memory)),
    Column("storage", value=lambda row: format_bytes(row.quota.storage)),
    Column("gpus", value=lambda row: dict(row.quota.gpus)),
    Column("created_at", _("Since"), "created_at", "created_at", numeric=True),
    Column("deletion_requested_at", value="deletion_requested_at"),
    Column("deleted_at", value="deleted_at"),
)


@require_safe
def namespace_list(request: HttpRequest) -> HttpResponseBase:
    """Those that this person may see, with their bars."""
    rows = NamespaceFilter(request.GET, namespaces_seen_by(caller(request))).qs
    listing = Listing(request, rows, COLUMNS, name="namespaces", default="name")
    if listing.format:
        return listing.download()
    bars = gauges(listing.page.object_list)
    context = {
        "listing": listing,
        "rows": [(row, bars[row.pk]) for row in listing.page],
        "teams": Team.objects.visible_to(request.user),
        "clusters": Cluster.objects.visible_to(request.user).only("name", "display_name"),
        "environments": Environment.choices,
        "may_ask": may_ask_anywhere(caller(request)),
        "filtered": any(request.GET.get(key) for key in ("team", "cluster", "environment", "q", "gone")),
    }
    return render(request, "namespaces/list.html", context)
