"""The audit log: what this person may read of it, with filters and order in the address."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.filters import EntryFilter
from accounts.models import Team
from accounts.policies import reads_whole_audit
from accounts.queries import visible_entries
from rest.lists import Column, Listing

COLUMNS = (
    Column("id", value="pk", order="pk"),
    Column("action", _("What"), "action", "action"),
    Column("outcome", _("Outcome"), "outcome", "outcome"),
    Column("actor", _("Who"), "actor_name", "actor_name"),
    Column("source", _("Through"), "source", "source"),
    # Entries are only ever added, so their keys are in the order of their times.
    Column("at", _("When"), "at", "pk", numeric=True),
    Column("team_name", value="team_name", order="team_name"),
    Column("subject_kind", value="subject_kind"),
    Column("subject_id", value="subject_id"),
    Column("subject_name", value="subject_name", order="subject_name"),
    Column("detail", value="detail"),
    Column("request_id", value="request_id"),
)


@require_safe
def audit_list(request: HttpRequest) -> HttpResponseBase:
    """Newest first, unless asked otherwise."""
    found = EntryFilter(request.GET, visible_entries(request.user))
    listing = Listing(request, found.qs, COLUMNS, name="audit", default="-at", size=50)
    if listing.format:
        return listing.download()
    context = {
        "listing": listing,
        "teams": Team.objects.visible_to(request.user),
        "whole": reads_whole_audit(request.user),
        "filtered": any(request.GET.get(name) for name in found.filters),
    }
    return render(request, "audit/list.html", context)
