"""The list of namespaces."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.caller import caller
from accounts.models import Team
from approvals.policies import may_ask_anywhere
from clusters.models import Cluster
from tenants.filters import NamespaceFilter
from tenants.gauges import gauges
from tenants.queries import namespaces_seen_by

PAGE = 30


@require_safe
def namespace_list(request: HttpRequest) -> HttpResponse:
    """Those that this person may see, with their bars."""
    rows = NamespaceFilter(request.GET, namespaces_seen_by(caller(request))).qs
    page = Paginator(rows.order_by("name", "pk"), PAGE).get_page(request.GET.get("page"))
    bars = gauges(page.object_list)
    context = {
        "page": page,
        "rows": [(row, bars[row.pk]) for row in page],
        "teams": Team.objects.visible_to(request.user),
        "clusters": Cluster.objects.visible_to(request.user).only("name", "display_name"),
        "may_ask": may_ask_anywhere(caller(request)),
        "filtered": any(request.GET.get(key) for key in ("team", "cluster", "q", "gone")),
    }
    return render(request, "namespaces/list.html", context)
