"""The list of requests: tabs with counts, filters and order in the address."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.caller import caller
from accounts.models import Team, User
from approvals.columns import LIST
from approvals.filters import RequestFilter
from approvals.kind_pages import summaries
from approvals.policies import decides, may_ask_anywhere
from approvals.queries import tab, tab_counts
from approvals.states import State
from rest.lists import Listing


@require_safe
def request_list(request: HttpRequest) -> HttpResponseBase:
    """Open, mine, what needs me, decided."""
    user = caller(request)
    name = request.GET.get("tab", "open")
    rows = RequestFilter(request.GET, tab(user, name)).qs
    listing = Listing(request, rows, LIST, name="requests", default="-created_at")
    if listing.format:
        return listing.download()
    words = summaries(listing.page)
    context = {
        "tabs": tabs(user, name),
        "tab": name,
        "listing": listing,
        "rows": [(row, words.get(row.pk, [])) for row in listing.page],
        "teams": Team.objects.visible_to(user),
        "states": [choice for choice in State.choices if choice[0] != State.PENDING],
        "filtered": any(request.GET.get(key) for key in ("team", "state", "q")),
        "picks": name == "needs-me" and decides(user),
        "may_ask": may_ask_anywhere(user),
        "live_url": reverse("request_stream"),
    }
    return render(request, "requests/list.html", context)


def tabs(user: User, current: str) -> list[dict[str, Any]]:
    """The tabs with how many requests each holds."""
    counts = tab_counts(user)
    labels = {"open": _("Open"), "mine": _("Mine"), "needs-me": _("Needs me"), "decided": _("Decided")}
    address = reverse("request_list")
    return [
        {"label": label, "url": f"{address}?tab={name}", "count": counts[name], "current": name == current}
        for name, label in labels.items()
    ]
