"""/teams/: the teams that the caller may see."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actions import create_team, update_team
from accounts.caller import caller
from accounts.models import Team
from accounts.queries import teams_with_counts
from accounts.serializers.teams import NewTeamSerializer, TeamChangeSerializer, TeamSerializer
from rest.etags import VersionedDetail
from rest.idempotency import IdempotentPost


class Teams(IdempotentPost, ListAPIView[Team]):
    """All teams for approvers, admins and auditors; for others their own."""

    serializer_class = TeamSerializer
    queryset = Team.objects.none()
    filterset_fields = {"name": ["exact", "icontains"]}
    ordering_fields = ["name", "created_at"]

    def get_queryset(self) -> QuerySet[Team]:
        return teams_with_counts(self.request.user).order_by("name")

    @extend_schema(request=NewTeamSerializer, responses={201: TeamSerializer})
    def post(self, request: Request) -> Response:
        """Make a team. Admins only."""
        given = NewTeamSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        team = create_team(actor=caller(request), **given.validated_data)
        location = f"{request.path}{team.name}/"
        return Response(self._described(team), status=status.HTTP_201_CREATED, headers={"Location": location})

    def _described(self, team: Team) -> Any:
        return TeamSerializer(self.get_queryset().get(pk=team.pk)).data


class TeamDetail(VersionedDetail, RetrieveAPIView[Team]):
    """One team."""

    serializer_class = TeamSerializer
    queryset = Team.objects.none()
    lookup_field = "name"

    def get_queryset(self) -> QuerySet[Team]:
        return teams_with_counts(self.request.user)

    @extend_schema(request=TeamChangeSerializer, responses=TeamSerializer)
    def patch(self, request: Request, name: str) -> Response:
        """Rename a team (owners, admins) or map a group of the identity provider (admins)."""
        team = self.get_object()
        given = TeamChangeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        version = team.version if request.headers["If-Match"].strip() != "*" else None
        update_team(actor=caller(request), team=team, version=version, **given.validated_data)
        self.versioned_row = self.get_queryset().get(pk=team.pk)
        return Response(TeamSerializer(self.versioned_row).data)
