"""People over REST."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Membership, PlatformRole, User
from accounts.serializers.tokens import TokenSerializer


class PlatformRoleField(serializers.ListField):
    """The platform roles of a person, as a sorted list of names."""

    child = serializers.ChoiceField(choices=PlatformRole.Role.choices)

    def to_representation(self, roles: Any) -> list[str]:
        return sorted(held.role for held in roles.all())


class UserSerializer(serializers.ModelSerializer[User]):
    """A person, for admins."""

    platform_roles = PlatformRoleField(read_only=True)

    class Meta:
        model = User
        fields = ["username", "display_name", "email", "is_active", "platform_roles", "date_joined", "last_login"]
        read_only_fields = fields


class OwnMembershipSerializer(serializers.ModelSerializer[Membership]):
    """One of the caller's teams."""

    name = serializers.CharField(source="team.name", read_only=True)
    display_name = serializers.CharField(source="team.display_name", read_only=True)

    class Meta:
        model = Membership
        fields = ["name", "display_name", "role"]
        read_only_fields = fields


class MeSerializer(serializers.ModelSerializer[User]):
    """The caller: roles, teams, and the token in use (null with a session)."""

    platform_roles = PlatformRoleField(read_only=True)
    teams = OwnMembershipSerializer(source="memberships", many=True, read_only=True)
    token = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = ["username", "display_name", "email", "platform_roles", "teams", "token"]
        read_only_fields = fields

    @extend_schema_field(TokenSerializer(allow_null=True))
    def get_token(self, user: User) -> dict[str, Any] | None:
        token = self.context["request"].auth
        return dict(TokenSerializer(token).data) if token is not None else None


class PlatformRoleSerializer(serializers.Serializer[Any]):
    """The platform role to give."""

    role = serializers.ChoiceField(choices=PlatformRole.Role.choices)
