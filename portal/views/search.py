"""Search by name: namespaces, requests, teams, clusters that this person may see."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Team
from approvals.models import Request
from clusters.models import Cluster
from tenants.models import Namespace

MOST = 8


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Groups of hits; a page of its own, and the list below the search box."""
    words = request.GET.get("q", "").strip()[:100]
    groups = found(request, words) if words else []
    return render(request, "search.html", {"search_query": words, "groups": [group for group in groups if group["hits"]]})


def found(request: HttpRequest, words: str) -> list[dict[str, Any]]:
    """The hits by kind, each with where it is and a second line."""
    user = request.user
    number = words.lstrip("#")
    wanted = Q(title__icontains=words) | (Q(pk=int(number)) if number.isdecimal() and len(number) < 18 else Q(pk__in=[]))
    spaces = Namespace.objects.visible_to(user).standing().filter(name__icontains=words).select_related("team")[:MOST]
    asked = Request.objects.visible_to(user).filter(wanted).select_related("team")[:MOST]
    teams = Team.objects.visible_to(user).filter(Q(name__icontains=words) | Q(display_name__icontains=words))[:MOST]
    clusters = (
        Cluster.objects.visible_to(user).filter(Q(name__icontains=words) | Q(display_name__icontains=words)).defer("kubeconfig")[:MOST]
    )
    return [
        group(_("Namespaces"), "namespaces", [(row.name, row.team.name, reverse("namespace_detail", args=[row.pk])) for row in spaces]),
        group(_("Requests"), "requests", [(str(row), row.team.name, reverse("request_detail", args=[row.pk])) for row in asked]),
        group(_("Teams"), "teams", [(row.display_name, row.name, reverse("team_detail", args=[row.name])) for row in teams]),
        group(_("Clusters"), "clusters", [(str(row), row.name, reverse("cluster_detail", args=[row.name])) for row in clusters]),
    ]


def group(title: str, icon: str, hits: list[tuple[str, str, str]]) -> dict[str, Any]:
    """One kind of hits."""
    return {"title": title, "icon": icon, "hits": hits}
