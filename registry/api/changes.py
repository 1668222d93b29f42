"""/api/v1/model-changes/: what was asked of the registry here, and what became of it."""

from django.db.models import QuerySet
from rest_framework.generics import ListAPIView, RetrieveAPIView

from accounts.caller import caller
from registry.filters import ChangeFilter
from registry.models import Change
from registry.serializers import ChangeSerializer


class Changes(ListAPIView[Change]):
    """Those that the caller may see, newest first."""

    serializer_class = ChangeSerializer
    queryset = Change.objects.none()
    filterset_class = ChangeFilter
    ordering_fields = ["created_at"]

    def get_queryset(self) -> QuerySet[Change]:
        """With who asked."""
        return Change.objects.visible_to(caller(self.request)).select_related("actor", "team")


class ChangeDetail(RetrieveAPIView[Change]):
    """One change; poll it until `state` is done or failed."""

    serializer_class = ChangeSerializer
    queryset = Change.objects.none()

    def get_queryset(self) -> QuerySet[Change]:
        """Among those that the caller may see."""
        return Change.objects.visible_to(caller(self.request)).select_related("actor", "team")
