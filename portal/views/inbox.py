"""The approver's inbox: what waits for a decision, oldest first, with whether it fits."""

from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.caller import caller
from approvals.columns import INBOX
from approvals.kind_pages import Amount, kind_page, summaries
from approvals.models import Request
from approvals.policies import decides
from approvals.queries import tab
from approvals.views.detail import plan_of
from rest.lists import Listing


@require_safe
def inbox(request: HttpRequest) -> HttpResponseBase:
    """Nothing to find here for those who do not decide."""
    user = caller(request)
    if not decides(user):
        raise Http404
    rows = tab(user, "needs-me").select_related("team", "requester", "plan")
    listing = Listing(request, rows, INBOX, name="inbox", default="created_at")
    if listing.format:
        return listing.download()
    words = summaries(listing.page)
    context = {
        "listing": listing,
        "rows": [weighed(row, words.get(row.pk, [])) for row in listing.page],
        "handed_back": Request.objects.visible_to(user).pending().filter(changes_wanted=True).exclude(requester=user).count(),
        "live_url": reverse("request_stream"),
    }
    return render(request, "inbox.html", context)


def weighed(row: Request, summary: list[Amount]) -> dict[str, Any]:
    """A request with what an approver asks first: how much, does it fit, what would the cluster say."""
    lines = kind_page(row.kind).outlook(row, None)
    return {"row": row, "summary": summary, "short": [line for line in lines if not line.fits], "plan": plan_of(row)}
