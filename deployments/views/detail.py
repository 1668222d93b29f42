"""The page of one deployment, tab by tab; each tab reads only what it shows."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.caller import caller
from accounts.models import User
from approvals.models import Request
from clusters.models import GpuFlavor
from deployments.forms.steps import targets_of
from deployments.health import Seen, health_of, observed, running_rollout
from deployments.models import ModelDeployment
from deployments.pages import behind
from deployments.policies import may_delete, may_operate, may_retry
from deployments.queries import deployments_seen_by
from deployments.views.tabs import PARTS
from deployments.wording import RUNTIMES

SHARES = (10, 20, 50, 100)
TABS = {
    "overview": _("Overview"),
    "pods": _("Pods"),
    "logs": _("Logs"),
    "metrics": _("Metrics"),
    "traffic": _("Traffic"),
    "revisions": _("Revisions"),
    "yaml": _("YAML"),
    # A page of its own: it is asked, not only looked at.
    "try": _("Try it"),
}


@require_safe
def deployment_detail(request: HttpRequest, pk: int, tab: str = "overview") -> HttpResponse:
    """One tab."""
    if tab not in PARTS:
        raise Http404
    seen = deployments_seen_by(caller(request)).select_related("revision__request", "namespace__cluster")
    return show(request, get_object_or_404(seen, pk=pk), tab)


def show(request: HttpRequest, row: ModelDeployment, tab: str = "overview", *, status: int = 200, **more: Any) -> HttpResponse:
    """The page of a tab; `status` tells why it is shown again, `more` takes the place of what the tab has, such as a form with errors."""
    seen = observed([row])[row.pk]
    user = caller(request)
    context = {**frame(row, user, tab, seen), **PARTS[tab](row, seen, user), **more}
    return render(request, f"deployments/{tab}.html", context, status=status)


def frame(row: ModelDeployment, user: User, tab: str, seen: Seen) -> dict[str, Any]:
    """What stands around every tab."""
    stands, rollout = not row.deletion_requested_at, running_rollout(row)
    return {
        "row": row,
        "rollout": rollout,
        "behind": behind(row, rollout),
        "shares": SHARES,
        "health": health_of(row, seen),
        "spec": row.revision.spec if row.revision else None,
        "cards": _flavor(row),
        "runtime": RUNTIMES[row.revision.spec.runtime] if row.revision else "",
        "tabs": tabs(row, tab, seen),
        "may_operate": stands and may_operate(user, row),
        "may_retry": may_retry(user, row) and not row.deleted_at,
        "may_delete": stands and may_delete(user, row),
        "may_promote": stands and may_operate(user, row) and targets_of(row).exists(),
        "open_requests": open_requests(row),
        "live_url": "" if row.deleted_at else reverse("deployment_live", args=[row.pk]),
    }


def tabs(row: ModelDeployment, current: str, seen: Seen) -> list[dict[str, Any]]:
    """The tabs with how much each holds."""
    counts = {"pods": len(seen.pods), "revisions": row.revisions.count()}
    return [
        {"label": label, "url": address(row, name), "count": counts.get(name), "current": name == current} for name, label in TABS.items()
    ]


def address(row: ModelDeployment, tab: str) -> str:
    """Where a tab is."""
    return reverse("deployment_detail", args=[row.pk]) if tab == "overview" else reverse("deployment_tab", args=[row.pk, tab])


def open_requests(row: ModelDeployment) -> list[Request]:
    """Changes of it that wait for a decision."""
    subject = f"deployment/{row.cluster.name}/{row.namespace.name}/{row.name}"
    return list(Request.objects.pending().filter(kind="deployment", subject=subject)) if not row.deleted_at else []


def _flavor(row: ModelDeployment) -> str:
    size = row.revision.spec.size if row.revision else None
    if size is None or not size.gpus:
        return ""
    flavor = GpuFlavor.objects.filter(cluster=row.cluster, name=size.flavor).first()
    return f"{flavor or size.flavor} ×{size.gpus}"
