"""What each cluster has, what was granted to whom, what is in use and what is left."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.policies import sees_everything
from clusters.models import Cluster, GpuFlavor, Node
from clusters.policies import may_see_details
from clusters.queries import ledger
from clusters.wording import holder_names, wording

HIDDEN = ("kubeconfig",)


@require_safe
def cluster_list(request: HttpRequest) -> HttpResponse:
    """All clusters with their bars."""
    rows = Cluster.objects.visible_to(request.user).defer(*HIDDEN)
    context = {"rows": [(row, wording(row, ledger(row))) for row in rows]}
    return render(request, "clusters/list.html", context)


@require_safe
def cluster_detail(request: HttpRequest, name: str) -> HttpResponse:
    """One cluster: the ledger, who holds what, flavors, and for those who may see them its nodes."""
    row = get_object_or_404(Cluster.objects.visible_to(request.user).defer(*HIDDEN), name=name)
    lines = ledger(row)
    details = may_see_details(request.user)
    context = {
        "row": row,
        "lines": wording(row, lines),
        "flavors": GpuFlavor.objects.filter(cluster=row).select_related("account"),
        "holders": holder_names(lines) if sees_everything(request.user) else [],
        "nodes": Node.objects.filter(cluster=row) if details else [],
        "details": details,
        "profile": row.network_profile if details else {},
        "hidden_kinds": sorted(kind for kind, why in row.unwatched.items() if why == "forbidden") if details else [],
        "live_url": reverse("cluster_live", args=[row.name]),
    }
    return render(request, "clusters/detail.html", context)
