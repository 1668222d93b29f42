"""/audit-entries/: who did what, and who was refused."""

from django.db.models import QuerySet
from rest_framework.generics import ListAPIView, RetrieveAPIView

from accounts.queries import visible_entries
from accounts.serializers.entries import EntrySerializer
from audit.models import Entry


class Entries(ListAPIView[Entry]):
    """All entries for admins and auditors; for others their own and those of their teams."""

    serializer_class = EntrySerializer
    queryset = Entry.objects.none()
    filterset_fields = {
        "actor_name": ["exact"],
        "action": ["exact", "startswith"],
        "outcome": ["exact"],
        "subject_kind": ["exact"],
        "subject_id": ["exact"],
        "team_name": ["exact"],
        "request_id": ["exact"],
        "at": ["gte", "lt"],
    }
    ordering_fields = ["id", "at"]

    def get_queryset(self) -> QuerySet[Entry]:
        return visible_entries(self.request.user).order_by("-id")


class EntryDetail(RetrieveAPIView[Entry]):
    """One entry."""

    serializer_class = EntrySerializer
    queryset = Entry.objects.none()

    def get_queryset(self) -> QuerySet[Entry]:
        return visible_entries(self.request.user)
