"""The drift inbox: who changed an object of ours, which fields, and when it was repaired."""

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.policies import sees_everything
from clusters.models import Drift
from rest.lists import Column, Listing

COLUMNS = (
    Column("id", value="pk", order="pk"),
    Column("cluster", value="cluster.name", order="cluster__name"),
    Column("kind", _("Object"), "kind", "kind namespace name"),
    Column("namespace", value="namespace", order="namespace"),
    Column("name", value="name", order="name"),
    Column("repaired_at", _("State"), "repaired_at", "repaired_at", pending=True),
    Column("manager", _("Who and what"), "manager", "manager"),
    Column("found", value="found"),
    Column("fields", value="fields"),
    Column("seen_at", _("Seen"), "seen_at", "seen_at", numeric=True),
)


@require_safe
def drift_list(request: HttpRequest) -> HttpResponseBase:
    """For those who see everything; newest first."""
    if not sees_everything(request.user):
        raise Http404
    rows = Drift.objects.select_related("cluster")
    chosen = request.GET.get("state", "")
    if chosen == "open":
        rows = rows.open()
    listing = Listing(request, rows, COLUMNS, name="drift", default="-seen_at", size=50)
    if listing.format:
        return listing.download()
    return render(request, "clusters/drift.html", {"listing": listing, "open": Drift.objects.open().count(), "chosen": chosen})
