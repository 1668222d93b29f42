"""/teams/{name}/members/: who belongs to a team."""

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView, ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actions import remove_membership, set_membership
from accounts.caller import caller
from accounts.models import Membership, Team
from accounts.policies import may_manage_team
from accounts.serializers.teams import MembershipSerializer, NewMembershipSerializer, RoleSerializer
from rest.idempotency import IdempotentPost


class TeamRows(GenericAPIView[Membership]):
    """The memberships of the team in the path; a team that the caller does not see is a 404."""

    serializer_class = MembershipSerializer
    queryset = Membership.objects.none()

    def get_team(self) -> Team:
        return get_object_or_404(Team.objects.visible_to(self.request.user), name=self.kwargs["name"])

    def get_queryset(self) -> QuerySet[Membership]:
        return Membership.objects.filter(team=self.get_team()).select_related("user").order_by("user__username")


class Members(IdempotentPost, TeamRows, ListAPIView[Membership]):
    """The people of a team."""

    filterset_fields = ["role"]
    ordering_fields = ["user__username", "role", "created_at"]

    @extend_schema(request=NewMembershipSerializer, responses={201: MembershipSerializer})
    def post(self, request: Request, name: str) -> Response:
        """Add a person, or change their role. Owners of the team and admins only."""
        team = self.get_team()
        given = NewMembershipSerializer(data=request.data, context={"manages": may_manage_team(request.user, team)})
        given.is_valid(raise_exception=True)
        user, role = given.validated_data["username"], given.validated_data["role"]
        membership = set_membership(actor=caller(request), team=team, user=user, role=role)
        location = f"{request.path}{user.username}/"
        return Response(MembershipSerializer(membership).data, status=status.HTTP_201_CREATED, headers={"Location": location})


class MemberDetail(TeamRows):
    """One person in a team."""

    def get_object(self) -> Membership:
        membership = self.get_queryset().filter(user__username=self.kwargs["username"]).first()
        if membership is None:
            raise Http404
        return membership

    @extend_schema(responses=MembershipSerializer)
    def get(self, request: Request, name: str, username: str) -> Response:
        """The membership."""
        return Response(MembershipSerializer(self.get_object()).data)

    @extend_schema(request=RoleSerializer, responses=MembershipSerializer)
    def patch(self, request: Request, name: str, username: str) -> Response:
        """Change the role. Owners of the team and admins only."""
        membership = self.get_object()
        given = RoleSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        role = given.validated_data["role"]
        changed = set_membership(actor=caller(request), team=membership.team, user=membership.user, role=role)
        return Response(MembershipSerializer(changed).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, name: str, username: str) -> Response:
        """End the membership. Owners of the team, admins, and the person."""
        membership = self.get_object()
        remove_membership(actor=caller(request), team=membership.team, user=membership.user)
        return Response(status=status.HTTP_204_NO_CONTENT)
