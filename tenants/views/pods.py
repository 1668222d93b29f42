"""The pods of a namespace: their list, a page at a time, and the page of one."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.caller import caller
from accounts.models import User
from clusters.models import Pod
from diagnosis.chain import owner_chain
from rest.lists import Listing
from tenants.filters import POD_STATES, PodFilter
from tenants.models import Namespace
from tenants.pod_columns import PODS
from tenants.pod_parts import pod_parts
from tenants.queries import namespaces_seen_by, pods_of
from tenants.reasons import reasons_of, story_of
from tenants.views.detail import frame

FILTERS = ("q", "state", "node")
ROWS = 100


@require_safe
def namespace_pods(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What needs somebody first; only the rows that are shown are explained."""
    user = caller(request)
    row = get_object_or_404(namespaces_seen_by(user), pk=pk)
    found = PodFilter(request.GET, pods_of(row)).qs
    listing = Listing(request, found, PODS, name="pods", default="state", size=ROWS)
    if listing.format:
        return listing.download()
    pods = list(listing.page)
    reasons = reasons_of(pods, row, user)
    context = {
        "listing": listing,
        "pods": [(pod, reasons.get(pod.pk, [])) for pod in pods],
        "states": [(name, rank.label) for name, rank in POD_STATES.items()],
        "filtered": any(request.GET.get(name) for name in FILTERS),
    }
    return render(request, "namespaces/pods.html", {**frame(row, user, "pods"), **context})


@require_safe
def namespace_pod(request: HttpRequest, pk: int, pod: str) -> HttpResponse:
    """Why it does not run and what would help, its containers, who made it, what was said of it; 404 for a pod that is gone."""
    user = caller(request)
    row = get_object_or_404(namespaces_seen_by(user), pk=pk)
    found = get_object_or_404(pods_of(row), name=pod)
    context = {"pod": found, "story": story_of(found, row, user), "chain": owner_chain(found), **_added(row, found, user)}
    return render(request, "namespaces/pod.html", {**frame(row, user, "pods"), **context})


def _added(row: Namespace, pod: Pod, user: User) -> dict[str, Any]:
    context: dict[str, Any] = {"parts": pod_parts()}
    for part in context["parts"]:
        context |= part.context(row, pod, user)
    return context
