"""/users/: people and their platform roles. Admins see everyone, others themselves."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView, ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actions import deactivate_user, reactivate_user, set_platform_role
from accounts.caller import caller
from accounts.models import User
from accounts.queries import visible_users
from accounts.serializers.users import PlatformRoleSerializer, UserSerializer


class People(GenericAPIView[User]):
    """The people that the caller may see, by username."""

    serializer_class = UserSerializer
    queryset = User.objects.none()
    lookup_field = "username"

    def get_queryset(self) -> QuerySet[User]:
        return visible_users(self.request.user)

    def described(self, user: User) -> Response:
        return Response(UserSerializer(get_object_or_404(self.get_queryset(), pk=user.pk)).data)


class Users(People, ListAPIView[User]):
    """People."""

    filterset_fields = {"username": ["exact", "icontains"], "is_active": ["exact"], "platform_roles__role": ["exact"]}
    ordering_fields = ["username", "date_joined", "last_login"]


class UserDetail(People, RetrieveAPIView[User]):
    """One person."""


class Deactivation(People):
    """Whether a person may sign in."""

    @extend_schema(request=None, responses=UserSerializer)
    def put(self, request: Request, username: str) -> Response:
        """Deactivate: sessions and tokens end. Admins only."""
        user = self.get_object()
        deactivate_user(actor=caller(request), user=user)
        return self.described(user)

    @extend_schema(responses=UserSerializer)
    def delete(self, request: Request, username: str) -> Response:
        """Reactivate: the person may sign in again. Admins only."""
        user = self.get_object()
        reactivate_user(actor=caller(request), user=user)
        return self.described(user)


class PlatformRoles(People):
    """The platform roles of a person."""

    @extend_schema(request=PlatformRoleSerializer, responses=UserSerializer)
    def post(self, request: Request, username: str) -> Response:
        """Give a platform role. Admins only."""
        user = self.get_object()
        given = PlatformRoleSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        set_platform_role(actor=caller(request), user=user, role=given.validated_data["role"], granted=True)
        return self.described(user)


class PlatformRoleDetail(People):
    """One platform role of a person."""

    @extend_schema(responses={204: None})
    def delete(self, request: Request, username: str, role: str) -> Response:
        """Take the platform role away; the person's sessions end. Admins only."""
        set_platform_role(actor=caller(request), user=self.get_object(), role=role, granted=False)
        return Response(status=status.HTTP_204_NO_CONTENT)
