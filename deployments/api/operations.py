"""What is done to a deployment: pause, resume, retry, follow, roll back, promote to the next environment."""

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from accounts.caller import caller
from approvals.serializers import RequestDetailSerializer
from deployments import actions
from deployments.api.missing import revision_numbered, target_named
from deployments.api.rows import DeploymentRows
from deployments.parsing import parse_trial
from deployments.serializers.deployment import DeploymentDetailSerializer
from deployments.serializers.operations import FollowSerializer, PromoteToSerializer, RollBackSerializer

ACCEPTED = {202: DeploymentDetailSerializer}


class Operations(DeploymentRows):
    """One endpoint for each operation."""

    @extend_schema(request=None, responses=ACCEPTED)
    @action(detail=True, methods=["post"])
    def pause(self, http: HttpRequest, pk: str) -> Response:
        """Stops its pods and keeps everything else."""
        return self.shown(actions.pause_deployment(actor=caller(http), deployment=self.get_object()))

    @extend_schema(request=None, responses=ACCEPTED)
    @action(detail=True, methods=["post"])
    def resume(self, http: HttpRequest, pk: str) -> Response:
        """Lets it serve again."""
        return self.shown(actions.resume_deployment(actor=caller(http), deployment=self.get_object()))

    @extend_schema(request=None, responses=ACCEPTED)
    @action(detail=True, methods=["post"])
    def retry(self, http: HttpRequest, pk: str) -> Response:
        """Has it reconciled at once."""
        return self.shown(actions.retry_deployment(actor=caller(http), deployment=self.get_object()))

    @extend_schema(request=FollowSerializer, responses=DeploymentDetailSerializer)
    @action(detail=True, methods=["post"])
    def follow(self, http: HttpRequest, pk: str) -> Response:
        """Follows an alias of its model from now on, or none."""
        row, given = self.get_object(), self.given(FollowSerializer).validated_data
        return self.shown(actions.follow_alias(actor=caller(http), deployment=row, alias=given["alias"]), status.HTTP_200_OK)

    @extend_schema(request=RollBackSerializer, responses={200: DeploymentDetailSerializer, 202: RequestDetailSerializer})
    @action(detail=True, methods=["post"], url_path="roll-back")
    def roll_back(self, http: HttpRequest, pk: str) -> Response:
        """Makes an earlier revision serve again, as a new one that repeats it.

        The one that served before the present one comes back at once (200). Of an older one today's policy may ask for a decision: 202 with
        the request.
        """
        row, given = self.get_object(), self.given(RollBackSerializer).validated_data
        revision = revision_numbered(row.revisions.all(), given["revision"])
        placed = actions.roll_back(actor=caller(http), deployment=row, revision=revision, reason=given["reason"])
        return self.placed(placed, status.HTTP_200_OK)

    @extend_schema(request=PromoteToSerializer, responses={201: DeploymentDetailSerializer, 202: RequestDetailSerializer})
    @action(detail=True, methods=["post"], url_path="promote-to")
    def promote_to(self, http: HttpRequest, pk: str) -> Response:
        """Carries what serves to another namespace of the team: 201 with the deployment there, 202 with a request where policy asks."""
        row, given = self.get_object(), self.given(PromoteToSerializer).validated_data
        target = target_named(caller(http), given["cluster"] or row.cluster.name, given["namespace"])
        placed = actions.promote_to(
            actor=caller(http),
            deployment=row,
            namespace=target,
            reason=given["reason"],
            trial=parse_trial(given.get("trial")),
            confirmed=given["confirmed"],
        )
        return self.placed(placed, status.HTTP_201_CREATED)
