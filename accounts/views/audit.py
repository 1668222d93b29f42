"""The audit log: what this person may read of it, with filters in the address."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.filters import EntryFilter
from accounts.models import Team
from accounts.policies import reads_whole_audit
from accounts.queries import visible_entries

PAGE = 50


@require_safe
def audit_list(request: HttpRequest) -> HttpResponse:
    """Newest first."""
    found = EntryFilter(request.GET, visible_entries(request.user).order_by("-id"))
    page = Paginator(found.qs, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "teams": Team.objects.visible_to(request.user),
        "whole": reads_whole_audit(request.user),
        "filtered": any(request.GET.get(name) for name in found.filters),
    }
    return render(request, "audit/list.html", context)
