"""Search by name: namespaces, deployments, models, requests, teams, clusters that this person may see."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.caller import caller
from accounts.models import Team
from approvals.models import Request
from clusters.models import Cluster
from deployments.models import ModelDeployment
from deployments.queries import deployments_seen_by
from registry.models import RegisteredModel
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
    user = caller(request)
    number = words.lstrip("#")
    wanted = Q(title__icontains=words) | (Q(pk=int(number)) if number.isdecimal() and len(number) < 18 else Q(pk__in=[]))
    spaces = Namespace.objects.visible_to(user).standing().filter(name__icontains=words).select_related("team")[:MOST]
    by_name = Q(name__icontains=words) | Q(revision__model_version__model__name__icontains=words)
    served = deployments_seen_by(user).filter(by_name, deleted_at__isnull=True)[:MOST]
    known = RegisteredModel.objects.visible_to(user).standing().filter(name__icontains=words)[:MOST]
    asked = Request.objects.visible_to(user).filter(wanted).select_related("team")[:MOST]
    teams = Team.objects.visible_to(user).filter(Q(name__icontains=words) | Q(display_name__icontains=words))[:MOST]
    clusters = (
        Cluster.objects.visible_to(user).filter(Q(name__icontains=words) | Q(display_name__icontains=words)).defer("kubeconfig")[:MOST]
    )
    return [
        group(_("Namespaces"), "namespaces", [(row.name, row.team.name, reverse("namespace_detail", args=[row.pk])) for row in spaces]),
        group(_("Deployments"), "deployments", [_deployment(row) for row in served]),
        group(_("Models"), "models", [(row.name, row.description[:80], reverse("model_detail", args=[row.name])) for row in known]),
        group(_("Requests"), "requests", [(str(row), row.team.name, reverse("request_detail", args=[row.pk])) for row in asked]),
        group(_("Teams"), "teams", [(row.display_name, row.name, reverse("team_detail", args=[row.name])) for row in teams]),
        group(_("Clusters"), "clusters", [(str(row), row.name, reverse("cluster_detail", args=[row.name])) for row in clusters]),
    ]


def _deployment(row: ModelDeployment) -> tuple[str, str, str]:
    source = row.revision.spec.source if row.revision else ""
    return row.name, f"{row.namespace.name} · {source}", reverse("deployment_detail", args=[row.pk])


def group(title: str, icon: str, hits: list[tuple[str, str, str]]) -> dict[str, Any]:
    """One kind of hits."""
    return {"title": title, "icon": icon, "hits": hits}
