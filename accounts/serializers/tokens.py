"""API tokens over REST. The plaintext is in one answer only: that of the POST."""

from typing import Any

from rest_framework import serializers

from accounts.actions.tokens import DEFAULT_DAYS, LONGEST_DAYS
from accounts.models import ApiToken
from accounts.models.token import Scope


class TokenSerializer(serializers.ModelSerializer[ApiToken]):
    """A token without what it opens; `prefix` tells it from others."""

    id = serializers.UUIDField(source="uid", read_only=True)
    prefix = serializers.CharField(source="token_key", read_only=True)
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=Scope.choices), read_only=True)
    created_at = serializers.DateTimeField(source="created", read_only=True)
    expires_at = serializers.DateTimeField(source="expiry", read_only=True)
    is_live = serializers.BooleanField(read_only=True)

    class Meta:
        model = ApiToken
        fields = ["id", "name", "prefix", "scopes", "created_at", "expires_at", "last_used_at", "is_live"]
        read_only_fields = fields


class CreatedTokenSerializer(TokenSerializer):
    """The new token with its plaintext, which is shown this once."""

    token = serializers.CharField(read_only=True, source="plaintext")

    class Meta(TokenSerializer.Meta):
        fields = [*TokenSerializer.Meta.fields, "token"]
        read_only_fields = fields


class NewTokenSerializer(serializers.Serializer[Any]):
    """What a person says to make a token."""

    name = serializers.CharField(max_length=100)
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=Scope.choices), min_length=1, max_length=len(Scope.values))
    expires_in_days = serializers.IntegerField(min_value=1, max_value=LONGEST_DAYS, default=DEFAULT_DAYS)
