"""/api/v1/deployments/<id>/revisions/: every change, immutable."""

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import GenericAPIView, ListAPIView, RetrieveAPIView, get_object_or_404
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from accounts.caller import caller
from deployments.api.missing import revision_numbered
from deployments.differences import differences
from deployments.models import ModelDeployment, Revision
from deployments.parsing import parse_count
from deployments.serializers.history import DifferenceSerializer, RevisionSerializer

AGAINST = OpenApiParameter("against", int, description="The number to compare with; without it, the one before.")


class OfOneDeployment(GenericAPIView[Revision]):
    """The revisions of one deployment that the caller sees."""

    queryset = Revision.objects.none()
    serializer_class = RevisionSerializer

    def get_queryset(self) -> QuerySet[Revision]:
        """Newest first."""
        seen = ModelDeployment.objects.visible_to(caller(self.request))
        deployment = get_object_or_404(seen, pk=self.kwargs["pk"])
        return deployment.revisions.select_related("author", "deployment")

    def get_object(self) -> Revision:
        """The one that the address names."""
        return revision_numbered(self.get_queryset(), self.kwargs["number"])


class Revisions(OfOneDeployment, ListAPIView[Revision]):
    """All of them, newest first."""

    filter_backends = []


class RevisionDetail(OfOneDeployment, RetrieveAPIView[Revision]):
    """One of them."""


class RevisionDiff(OfOneDeployment):
    """What it changed."""

    pagination_class = None

    @extend_schema(parameters=[AGAINST], responses=DifferenceSerializer(many=True))
    def get(self, http: HttpRequest, pk: int, number: int) -> Response:
        """Field by field; of the first revision, all of it."""
        revision, against = self.get_object(), parse_count("against", http.query_params.get("against"))
        others = self.get_queryset()
        other = revision_numbered(others, against) if against is not None else others.filter(number__lt=number).first()
        return Response(DifferenceSerializer(differences(other.spec if other else None, revision.spec), many=True).data)
