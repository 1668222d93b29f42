"""The list of requests: tabs with counts, filters in the address."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.caller import caller
from accounts.models import Team, User
from approvals.filters import RequestFilter
from approvals.kind_pages import summaries
from approvals.policies import may_ask_anywhere
from approvals.queries import tab, tab_counts
from approvals.states import State

PAGE = 30


@require_safe
def request_list(request: HttpRequest) -> HttpResponse:
    """Open, mine, what needs me, decided."""
    user = caller(request)
    name = request.GET.get("tab", "open")
    rows = RequestFilter(request.GET, tab(user, name)).qs
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    words = summaries(page)
    context = {
        "tabs": tabs(user, name),
        "tab": name,
        "page": page,
        "rows": [(row, words.get(row.pk, [])) for row in page],
        "teams": Team.objects.visible_to(user),
        "states": [choice for choice in State.choices if choice[0] != State.PENDING],
        "filtered": any(request.GET.get(key) for key in ("team", "state", "q")),
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
