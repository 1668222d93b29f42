"""The drift inbox: who changed an object of ours, which fields, and when it was repaired."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.policies import sees_everything
from clusters.models import Drift

PAGE = 50


@require_safe
def drift_list(request: HttpRequest) -> HttpResponse:
    """Open findings first, for those who see everything."""
    if not sees_everything(request.user):
        raise Http404
    rows = Drift.objects.select_related("cluster").order_by("-seen_at")
    chosen = request.GET.get("state", "")
    if chosen == "open":
        rows = rows.open()
    context = {"page": Paginator(rows, PAGE).get_page(request.GET.get("page")), "open": Drift.objects.open().count(), "chosen": chosen}
    return render(request, "clusters/drift.html", context)
