"""What there is to see of a deployment beside itself: pods, events, explanations, scaling steps, manifests."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from accounts.caller import caller
from deployments.api.rows import DeploymentRows
from deployments.gathering import facts_of
from deployments.health import observed
from deployments.manifests import render
from deployments.queries import events_of, pods_of, scaling_steps
from deployments.reasons import reasons_of_pods, what_needs_somebody
from deployments.serializers.scaling import ScalingStepSerializer
from tenants.serializers import EventSerializer, GroupSerializer, PodSerializer


class Looks(DeploymentRows):
    """Read-only parts."""

    @extend_schema(responses=PodSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"])
    def pods(self, http: HttpRequest, pk: str) -> Response:
        """Its pods as last seen, of both sides of a rollout."""
        return self.page(pods_of(self.get_object()), PodSerializer)

    @extend_schema(responses=EventSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"])
    def events(self, http: HttpRequest, pk: str) -> Response:
        """Events about its objects and pods as last seen, newest first."""
        return self.page(events_of(self.get_object()), EventSerializer)

    @extend_schema(responses=GroupSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def explanations(self, http: HttpRequest, pk: str) -> Response:
        """Why it does not serve as it should: each reason once, with what would help; empty while nothing is wrong."""
        row = self.get_object()
        seen, user = observed([row])[row.pk], caller(http)
        found = what_needs_somebody(row, seen, user, reasons_of_pods(row, seen, user))
        return Response(GroupSerializer(found, many=True).data)

    @extend_schema(responses=ScalingStepSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], url_path="scaling-steps")
    def scaling_steps(self, http: HttpRequest, pk: str) -> Response:
        """Each change of its number of replicas, newest first: by which metric or by whom, from how many to how many."""
        return self.page(scaling_steps(self.get_object()), ScalingStepSerializer)

    @extend_schema(responses={200: list[dict[str, Any]]})
    @action(detail=True, methods=["get"], pagination_class=None)
    def manifests(self, http: HttpRequest, pk: str) -> Response:
        """The objects that are wanted, as they are applied; none once it is gone."""
        row = self.get_object()
        return Response(render(facts_of(row)) if row.revision and not row.deleted_at else [])
