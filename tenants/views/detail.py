"""The page of one namespace, tab by tab; each tab reads only what it shows."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.caller import caller
from accounts.models import User
from audit.models import Entry
from clusters.models import Drift, Observed
from diagnosis.events import merged
from metrics.charts import OF_NAMESPACE, charts
from tenants.gathering import facts_of
from tenants.gauges import gauges
from tenants.manifests import render as manifests
from tenants.models import Namespace
from tenants.pages import as_yaml
from tenants.panels import panels
from tenants.policies import may_delete, may_retry
from tenants.queries import events_of, namespaces_seen_by, pods_of
from tenants.reasons import what_needs_somebody

MOST_EVENTS = 200
# That of pods is a list, and a view of its own (views/pods.py).
TABS = {
    "overview": _("Overview"),
    "pods": _("Pods"),
    "metrics": _("Metrics"),
    "events": _("Events"),
    "access": _("Access"),
    "yaml": _("YAML"),
    "activity": _("Activity"),
}


@require_safe
def namespace_detail(request: HttpRequest, pk: int, tab: str = "overview") -> HttpResponse:
    """One tab, of its own or of an app above."""
    user, added = caller(request), panels()
    if tab not in PARTS and tab not in added:
        raise Http404
    row = get_object_or_404(namespaces_seen_by(user), pk=pk)
    if tab in added:
        return render(request, added[tab].template, {**frame(row, user, tab), **added[tab].context(row, user)})
    return render(request, f"namespaces/{tab}.html", {**frame(row, user, tab), **PARTS[tab](row, user)})


def frame(row: Namespace, user: User, tab: str) -> dict[str, Any]:
    """What stands around every tab."""
    return {
        "row": row,
        "tabs": tabs(row, tab),
        "tab": tab,
        "applied": row.condition("Applied"),
        "may_delete": may_delete(user, row) and not row.deletion_requested_at,
        "may_retry": may_retry(user, row) and not row.deleted_at,
        "live_url": "" if row.deleted_at else reverse("namespace_live", args=[row.pk]),
    }


def tabs(row: Namespace, current: str) -> list[dict[str, Any]]:
    """What Kubernetes has in it, and behind each what apps above have."""
    added = panels()
    counts = {"pods": pods_of(row).count(), "events": events_of(row).count(), **{name: panel.count(row) for name, panel in added.items()}}
    labels: dict[str, Any] = {}
    for name, label in TABS.items():
        labels |= {name: label, **{each.name: each.label for each in added.values() if each.behind == name}}
    return [
        {"label": label, "url": address(row, name), "count": counts.get(name), "current": name == current} for name, label in labels.items()
    ]


def address(row: Namespace, tab: str) -> str:
    """Where a tab is."""
    return reverse("namespace_detail", args=[row.pk]) if tab == "overview" else reverse("namespace_tab", args=[row.pk, tab])


def overview(row: Namespace, user: User) -> dict[str, Any]:
    """Quota, grants, objects, drift, and what needs somebody, with why."""
    return {
        "gauges": [] if row.deleted_at else gauges([row])[row.pk],
        "grants": [grant for grant in row.grants.all() if grant.is_active],
        "drifts": Drift.objects.of_owner("namespace", row.pk)[:5],
        "needs": [] if row.deleted_at else what_needs_somebody(row, user),
    }


def metrics(row: Namespace, user: User) -> dict[str, Any]:
    """What all its pods use and serve, over time."""
    return charts(reverse("namespace-series", args=[row.pk]), OF_NAMESPACE)


def events(row: Namespace, user: User) -> dict[str, Any]:
    """Its events, merged, newest first."""
    return {"events": merged(events_of(row)[:MOST_EVENTS])}


def access(row: Namespace, user: User) -> dict[str, Any]:
    """Who may do what in it."""
    people = row.team.memberships.select_related("user").order_by("-role", "user__username")
    return {"people": people, "prefix": row.cluster.identity.get("username_prefix", "")}


def yaml(row: Namespace, user: User) -> dict[str, Any]:
    """What the portal wants there, and what the watcher saw."""
    seen = {(each.kind, each.name): each for each in Observed.objects.filter(cluster=row.cluster, owner=row.holder)}
    wanted = [] if row.deleted_at else manifests(facts_of(row))
    return {"documents": [_document(manifest, seen) for manifest in wanted]}


def _document(manifest: dict[str, Any], seen: dict[tuple[str, str], Observed]) -> tuple[str, str, str, str]:
    kind, name = manifest["kind"], manifest["metadata"]["name"]
    live = seen.get((kind, name))
    return kind, name, as_yaml(manifest), as_yaml(live.body) if live else ""


def activity(row: Namespace, user: User) -> dict[str, Any]:
    """The audit entries about it and about the request that it came from."""
    about = Entry.objects.filter(subject_kind="namespace", subject_id=str(row.pk))
    if row.request_id:
        about = about | Entry.objects.filter(subject_kind="request", subject_id=str(row.request_id))
    return {"entries": about.select_related("actor")[:100]}


PARTS = {"overview": overview, "metrics": metrics, "events": events, "access": access, "yaml": yaml, "activity": activity}
