"""/api/v1/deployments/: what serves; asking for one, for its next revision, for its end."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from accounts.caller import caller
from accounts.models.token import Scope
from approvals.serializers import RequestDetailSerializer
from deployments.actions import delete_deployment, deploy
from deployments.api.looks import Looks
from deployments.api.operations import Operations
from deployments.api.rows import is_dry_run
from deployments.filters import DeploymentFilter
from deployments.models import ModelDeployment
from deployments.parsing import parse_grace
from deployments.preview import preview
from deployments.serializers.deployment import DeploymentDetailSerializer, DeploymentSerializer
from deployments.serializers.preview import FindingsSerializer, PreviewSerializer
from deployments.serializers.wish import ChangeSerializer, DeploymentWishSerializer
from deployments.wish import DeploymentWish
from rest.etags import require_match
from rest.schema import IF_MATCH

DRY_RUN = OpenApiParameter("dry_run", bool, description="Only say what would happen: 200 with findings and manifests.")
CONFIRM = OpenApiParameter("confirm", str, required=True, description="The deployment's name.")
GRACE = OpenApiParameter("grace_seconds", int, description="It is stopped now; its objects go after 0 to 604800 seconds (a week).")
CREATED = {200: PreviewSerializer, 201: DeploymentDetailSerializer, 202: RequestDetailSerializer}
CHANGED = {200: DeploymentDetailSerializer, 202: RequestDetailSerializer}


class DeploymentViewSet(Operations, Looks, mixins.ListModelMixin):
    """Deployments that the caller may see. A stranger's is a 404."""

    filterset_class = DeploymentFilter
    serializer_class = DeploymentSerializer
    ordering_fields = ["name", "created_at", "reconciled_at"]

    def get_serializer_class(self) -> Any:
        """The list leaves the spec and the objects out."""
        return DeploymentSerializer if self.action == "list" else DeploymentDetailSerializer

    @extend_schema(responses=DeploymentDetailSerializer)
    def retrieve(self, http: HttpRequest, pk: str) -> Response:
        """With the ETag that a change has to name."""
        return self.shown(self.get_object(), status.HTTP_200_OK)

    @extend_schema(request=DeploymentWishSerializer, responses=CREATED, parameters=[DRY_RUN])
    def create(self, http: HttpRequest) -> Response:
        """Deploys: 201 with the deployment, or 202 with a request where policy wants a decision; 409 when the name is taken."""
        given = self.given(DeploymentWishSerializer)
        namespace, wish, data = given.validated_data["namespace"], given.wish(), given.validated_data
        if is_dry_run(http):
            return Response(PreviewSerializer(preview(caller(http), namespace, wish, with_manifests=True)).data)
        placed = deploy(
            actor=caller(http), namespace=namespace, wish=wish, reason=data["reason"], confirmed=data["confirmed"], seen_revision=0
        )
        return self.placed(placed, status.HTTP_201_CREATED)

    @extend_schema(request=ChangeSerializer, responses=CHANGED, parameters=[IF_MATCH, DRY_RUN])
    def update(self, http: HttpRequest, pk: str) -> Response:
        """The next revision, whole: what is absent becomes its default. Needs If-Match."""
        return self._changed(http, whole=True)

    @extend_schema(request=ChangeSerializer, responses=CHANGED, parameters=[IF_MATCH, DRY_RUN])
    def partial_update(self, http: HttpRequest, pk: str) -> Response:
        """The next revision: what is absent stays. With `trial` it becomes a candidate beside what serves. Needs If-Match."""
        return self._changed(http, whole=False)

    def _changed(self, http: HttpRequest, *, whole: bool) -> Response:
        row = self.get_object()
        require_match(http, row)
        given = self.given(ChangeSerializer)
        wish, data = given.wish_for(row, caller(http), whole=whole), given.validated_data
        if is_dry_run(http):
            return Response(PreviewSerializer(preview(caller(http), row.namespace, wish, with_manifests=True)).data)
        return self.placed(self._revise(row, wish, data), status.HTTP_200_OK)

    def _revise(self, row: ModelDeployment, wish: DeploymentWish, data: dict[str, Any]) -> Any:
        seen = row.revision.number if row.revision else 0
        common = {"actor": caller(self.request), "namespace": row.namespace, "reason": data["reason"], "confirmed": data["confirmed"]}
        return deploy(wish=wish, seen_revision=seen, **common)

    @extend_schema(parameters=[CONFIRM, GRACE], responses={202: DeploymentDetailSerializer})
    def destroy(self, http: HttpRequest, pk: str) -> Response:
        """Stops it, and takes its objects away after the grace; poll until `state` is deleted."""
        row, grace = self.get_object(), parse_grace(http.query_params.get("grace_seconds"))
        confirm = http.query_params.get("confirm", "")
        return self.shown(delete_deployment(actor=caller(http), deployment=row, confirm=confirm, grace_seconds=grace))

    @extend_schema(request=DeploymentWishSerializer, responses=FindingsSerializer)
    @action(detail=False, methods=["post"], required_scope=Scope.READ, pagination_class=None, filterset_class=None)
    def findings(self, http: HttpRequest) -> Response:
        """What speaks against a deployment, and who would have to decide it; nothing is made."""
        given = self.given(DeploymentWishSerializer)
        return Response(FindingsSerializer(preview(caller(http), given.validated_data["namespace"], given.wish())).data)
