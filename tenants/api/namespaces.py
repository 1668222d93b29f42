"""/api/v1/namespaces/: what stands, object by object, with its pods and events."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from accounts.caller import caller
from tenants.actions import delete_namespace, retry_namespace
from tenants.filters import POD_STATES, NamespaceFilter, PodFilter
from tenants.gathering import facts_of
from tenants.manifests import render
from tenants.models import Namespace
from tenants.queries import events_of, namespaces_seen_by, pods_of
from tenants.reasons import what_needs_somebody
from tenants.serializers import EventSerializer, GroupSerializer, NamespaceDetailSerializer, NamespaceSerializer, PodSerializer

POD_FILTERS = [
    OpenApiParameter("q", str, description="A part of the name."),
    OpenApiParameter("state", str, enum=list(POD_STATES)),
    OpenApiParameter("node", str),
]
CONFIRM = OpenApiParameter("confirm", str, required=True, description="The namespace's name.")


class NamespaceViewSet(viewsets.ReadOnlyModelViewSet[Namespace]):
    """Namespaces that the caller may see. A stranger's is a 404."""

    queryset = Namespace.objects.none()
    filterset_class = NamespaceFilter
    ordering_fields = ["name", "created_at"]

    def get_queryset(self) -> QuerySet[Namespace]:
        """With what a row shows."""
        return namespaces_seen_by(caller(self.request))

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filters are for the list; a deleted namespace keeps its page."""
        return super().filter_queryset(queryset) if self.action == "list" else queryset

    def get_serializer_class(self) -> Any:
        """The list leaves the objects out."""
        return NamespaceSerializer if self.action == "list" else NamespaceDetailSerializer

    @extend_schema(parameters=[CONFIRM], responses={202: NamespaceDetailSerializer})
    def destroy(self, http: HttpRequest, pk: str) -> Response:
        """Deletes it and everything in it; poll this address until `state` is deleted."""
        namespace = delete_namespace(actor=caller(http), namespace=self.get_object(), confirm=http.query_params.get("confirm", ""))
        where = {"Location": http.build_absolute_uri(http.path)}
        return Response(NamespaceDetailSerializer(namespace).data, status=status.HTTP_202_ACCEPTED, headers=where)

    @extend_schema(request=None, responses={202: NamespaceDetailSerializer})
    @action(detail=True, methods=["post"])
    def retry(self, http: HttpRequest, pk: str) -> Response:
        """Has it reconciled at once; poll the namespace."""
        namespace = retry_namespace(actor=caller(http), namespace=self.get_object())
        return Response(NamespaceDetailSerializer(namespace).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(responses=PodSerializer(many=True), filters=False, parameters=POD_FILTERS)
    @action(detail=True, methods=["get"])
    def pods(self, http: HttpRequest, pk: str) -> Response:
        """Its pods as last seen, by name."""
        given = PodFilter(http.query_params, pods_of(self.get_object()))
        if not given.is_valid():
            raise ValidationError(given.errors)
        return self._page(given.qs, PodSerializer)

    @extend_schema(responses=GroupSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def explanations(self, http: HttpRequest, pk: str) -> Response:
        """Why pods of it do not run, or are never made: each reason once, with whom it concerns. At most 200 pods are looked at."""
        return Response(GroupSerializer(what_needs_somebody(self.get_object(), caller(http)), many=True).data)

    @extend_schema(responses=EventSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"])
    def events(self, http: HttpRequest, pk: str) -> Response:
        """Its events as last seen, newest first."""
        return self._page(events_of(self.get_object()), EventSerializer)

    @extend_schema(responses={200: list[dict[str, Any]]})
    @action(detail=True, methods=["get"], pagination_class=None)
    def manifests(self, http: HttpRequest, pk: str) -> Response:
        """The objects that are wanted, as they are applied."""
        return Response(render(facts_of(self.get_object())))

    def _page(self, rows: Any, serializer: type[Any]) -> Response:
        return self.get_paginated_response(serializer(self.paginate_queryset(rows), many=True).data)
