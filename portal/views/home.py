"""Home: what needs the reader first, then what is theirs."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.caller import caller
from accounts.queries import teams_with_counts
from approvals.kind_pages import Amount, summaries
from approvals.models import Request
from approvals.policies import decides, may_ask_anywhere
from approvals.queries import tab
from deployments.attention import attention
from tenants.gauges import gauges
from tenants.queries import namespaces_seen_by

SHOWN = 8


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The page."""
    user = caller(request)
    own = namespaces_seen_by(user).filter(deleted_at__isnull=True, team__memberships__user=user)
    namespaces = list(own.order_by("name")[:SHOWN])
    bars = gauges(namespaces)
    context = {
        "teams": [team for team in teams_with_counts(user) if team.own_memberships],  # type: ignore[attr-defined]
        "namespaces": [(row, bars[row.pk]) for row in namespaces],
        "more": max(0, own.count() - SHOWN),
        "troubled": [(row, row.condition("Applied")) for row in namespaces if row.state in ("failed", "waiting")],
        "deployments": attention(user),
        "requests": summarised(tab(user, "mine")[:SHOWN]),
        "waiting": summarised(tab(user, "needs-me")[:SHOWN]),
        "decides": decides(user),
        "may_ask": may_ask_anywhere(user),
        "live_url": reverse("home_live"),
    }
    return render(request, "home.html", context)


def summarised(rows: QuerySet[Request]) -> list[tuple[Request, list[Amount]]]:
    """Requests with a few words about what they ask."""
    found = summaries(rows)
    return [(row, found.get(row.pk, [])) for row in rows]
