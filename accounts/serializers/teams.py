"""Teams and memberships over REST."""

from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Membership, Team, User


class TeamSerializer(serializers.ModelSerializer[Team]):
    """A team as its reader sees it: `role` is the reader's own, or null."""

    member_count = serializers.IntegerField(read_only=True)
    role = serializers.SerializerMethodField()

    class Meta:
        model = Team
        fields = ["name", "display_name", "idp_group", "role", "member_count", "version", "created_at"]
        read_only_fields = fields

    @extend_schema_field(serializers.ChoiceField(choices=Membership.Role.choices, allow_null=True))
    def get_role(self, team: Any) -> str | None:
        return team.own_memberships[0].role if team.own_memberships else None


class NewTeamSerializer(serializers.Serializer[Any]):
    """What an admin says to make a team; the action checks the name."""

    name = serializers.CharField(max_length=40, help_text="Lower-case letters, digits and hyphens; it never changes.")
    display_name = serializers.CharField(max_length=100, required=False)
    idp_group = serializers.CharField(max_length=200, required=False, allow_blank=True)


class TeamChangeSerializer(serializers.Serializer[Any]):
    """What may be changed of a team."""

    display_name = serializers.CharField(max_length=100, required=False)
    idp_group = serializers.CharField(max_length=200, required=False, allow_blank=True)


class MembershipSerializer(serializers.ModelSerializer[Membership]):
    """One person in a team."""

    username = serializers.CharField(source="user.username", read_only=True)
    display_name = serializers.CharField(source="user.display_name", read_only=True)
    is_active = serializers.BooleanField(source="user.is_active", read_only=True)

    class Meta:
        model = Membership
        fields = ["username", "display_name", "is_active", "role", "created_at"]
        read_only_fields = fields


class RoleSerializer(serializers.Serializer[Any]):
    """The role that a member gets."""

    role = serializers.ChoiceField(choices=Membership.Role.choices)


class NewMembershipSerializer(RoleSerializer):
    """Who joins, and as what. Context `manages`: whether the caller may, for only they are told that a name is unknown."""

    username = serializers.CharField(max_length=63)

    def validate_username(self, value: str) -> User | None:
        try:
            return User.objects.get(username__iexact=value)
        except ObjectDoesNotExist:
            if not self.context["manages"]:
                return None
            text = _("Nobody here is called %(name)s. People appear once an admin has made their account.")
            raise serializers.ValidationError(text % {"name": value}) from None
