"""/drifts/: hand-made changes of what the caller may see."""

from django.db.models import QuerySet
from rest_framework.generics import ListAPIView

from accounts.caller import caller
from clusters.models import Drift
from clusters.queries import drifts_seen_by
from clusters.serializers.observations import DriftSerializer


class Drifts(ListAPIView[Drift]):
    """Findings of the watcher, newest first."""

    serializer_class = DriftSerializer
    queryset = Drift.objects.none()
    filterset_fields = {
        "cluster__name": ["exact"],
        "owner_kind": ["exact"],
        "owner_pk": ["exact"],
        "namespace": ["exact"],
        "kind": ["exact"],
        "repaired_at": ["isnull"],
        "seen_at": ["gte", "lt"],
    }
    ordering_fields = ["seen_at", "repaired_at"]

    def get_queryset(self) -> QuerySet[Drift]:
        return drifts_seen_by(caller(self.request)).select_related("cluster").order_by("-seen_at", "-pk")
