"""One no to several requests: a page that shows them, then `reject_request` for each, with the version that was shown."""

import re
from collections.abc import Mapping

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.caller import caller
from accounts.models import User
from approvals.actions import reject_request
from approvals.forms import RejectionForm
from approvals.kind_pages import summaries
from approvals.models import Request
from approvals.policies import decides, may_decide
from approvals.views.detail import visible
from audit.errors import Conflict

# A request's number and the version of it that was seen.
PICK = re.compile(r"(\d{1,17})\.(\d{1,9})", re.ASCII)
MOST = 100


@require_http_methods(["GET", "HEAD", "POST"])
def reject_many(request: HttpRequest) -> HttpResponse:
    """Asks once more, then tells of each what happened. Without the right to decide there is nothing here but a refusal."""
    user, data = caller(request), request.POST if request.method == "POST" else request.GET
    seen = picked(data.getlist("pick"))
    rows = list(visible(request).filter(pk__in=seen).order_by("pk"))
    if not decides(user) and not (request.method == "POST" and rows):
        raise Http404
    form = RejectionForm(request.POST if request.method == "POST" else None)
    valid = form.is_valid()
    if not rows:
        messages.info(request, _("Select the requests first."))
    elif decides(user) and not valid:
        return confirm(request, rows, seen, form)
    else:
        reject_each(request, rows, seen, form.cleaned_data.get("reason", ""))
    return redirect(f"{reverse('request_list')}?tab=needs-me")


def picked(values: list[str]) -> dict[int, int]:
    """The versions seen by the requests' numbers; what is no pick is left out."""
    found = (PICK.fullmatch(value) for value in values[:MOST])
    return {int(pick[1]): int(pick[2]) for pick in found if pick}


def confirm(request: HttpRequest, rows: list[Request], seen: Mapping[int, int], form: RejectionForm) -> HttpResponse:
    """The page that shows what would be rejected, and what would not and why."""
    words = summaries(rows)
    against = [(row, obstacle(caller(request), row, seen[row.pk])) for row in rows]
    context = {
        "form": form,
        "rows": [(row, words.get(row.pk, [])) for row, why in against if not why],
        "left_out": [(row, why) for row, why in against if why],
    }
    return render(request, "requests/reject_many.html", context, status=422 if form.errors else 200)


def obstacle(user: User, row: Request, version: int) -> str:
    """Why this request cannot be rejected as it was seen; empty where it can."""
    if not may_decide(user, row):
        return _("Nobody decides their own request. Ask another approver.")
    try:
        row.insist_on(version)
    except Conflict as conflict:
        return conflict.message
    return ""


def reject_each(request: HttpRequest, rows: list[Request], seen: Mapping[int, int], reason: str) -> None:
    """Each in a transaction of its own: one that cannot be rejected does not hold up the others."""
    actor, done = caller(request), []
    for row in rows:
        try:
            reject_request(actor=actor, request=row, seen_version=seen[row.pk], reason=reason)
            done.append(str(row))
        except Conflict as conflict:
            messages.warning(request, f"{row}: {conflict.message}")
        except PermissionDenied as refusal:
            if not decides(actor):
                raise
            messages.warning(request, f"{row}: {refusal}")
    if done:
        messages.success(request, _("Rejected: %(requests)s. The teams see your reason.") % {"requests": ", ".join(done)})
