"""/api/v1/models/<name>/versions/: newest first, with what runs and files tell, and the files themselves."""

from django.conf import settings
from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.caller import caller
from registry.actions import register_version
from registry.api.answers import accepted
from registry.api.of_model import OfModel
from registry.files import Unavailable, files_of, send_file
from registry.filters import VersionFilter
from registry.models import ModelVersion
from registry.queries import versions_of
from registry.serializers import ChangeSerializer, FileSerializer, OriginSerializer, VersionDetailSerializer, VersionSerializer
from rest.idempotency import IdempotentPost
from rest.problems import Problem

PATH = OpenApiParameter("path", str, description="A path in the version's files; empty for their root.")


class Versions(IdempotentPost, OfModel, ListAPIView[ModelVersion]):
    """The versions that the registry still has."""

    serializer_class = VersionSerializer
    queryset = ModelVersion.objects.none()
    filterset_class = VersionFilter
    ordering_fields = ["number", "created_at"]

    def get_queryset(self) -> QuerySet[ModelVersion]:
        """Of the model in the address."""
        return versions_of(self.model_of(self.request))

    @extend_schema(request=OriginSerializer, responses={202: ChangeSerializer})
    def post(self, http: Request, name: str) -> Response:
        """Register another version; poll the Location until `state` is done or failed."""
        model, given = self.model_of(http), self.given(http, OriginSerializer)
        return accepted(http, register_version(actor=caller(http), model=model, origin=given.origin()))


class OfVersion(OfModel):
    """A view below /models/<name>/versions/<number>/; one that is gone keeps its address."""

    def version_of(self, http: Request) -> ModelVersion:
        """The version of the address."""
        rows = self.model_of(http).versions.select_related("model__team").prefetch_related("aliases")
        return get_object_or_404(rows, number=self.kwargs["number"])


class VersionDetail(OfVersion, RetrieveAPIView[ModelVersion]):
    """One version, with its signature and input example."""

    serializer_class = VersionDetailSerializer
    queryset = ModelVersion.objects.none()

    def get_object(self) -> ModelVersion:
        """The version of the address."""
        return self.version_of(self.request)


class Files(OfVersion):
    """The version's files."""

    serializer_class = FileSerializer
    queryset = ModelVersion.objects.none()

    @extend_schema(parameters=[PATH], responses=FileSerializer(many=True), filters=False)
    def get(self, http: Request, name: str, number: int) -> Response:
        """One folder, as the registry lists it now."""
        try:
            found = files_of(self.version_of(http), http.query_params.get("path", ""))
        except Unavailable as reason:
            raise Problem(reason.status, reason.message, "files_unavailable") from reason
        return Response(FileSerializer(found, many=True).data)


class FileContent(OfVersion):
    """One file."""

    serializer_class = FileSerializer
    queryset = ModelVersion.objects.none()

    @extend_schema(parameters=[PATH], responses={(200, "application/octet-stream"): OpenApiTypes.BINARY}, filters=False)
    def get(self, http: Request, name: str, number: int) -> HttpResponseBase:
        """The file as an attachment."""
        try:
            return send_file(str(caller(http).pk), self.version_of(http), http.query_params.get("path", ""), settings.ARTIFACT_MEGABYTES)
        except Unavailable as reason:
            raise Problem(reason.status, reason.message, "files_unavailable") from reason
