"""What the operations of a deployment are told."""

from typing import Any

from rest_framework import serializers

from deployments.serializers.wish import TrialSerializer


class WhySerializer(serializers.Serializer[Any]):
    """A reason for the record."""

    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class RollBackSerializer(WhySerializer):
    """The number of the revision that shall serve again."""

    revision = serializers.IntegerField(min_value=1, max_value=10**9)


class FollowSerializer(serializers.Serializer[Any]):
    """An alias of the model; empty ends the following."""

    alias = serializers.CharField(max_length=255, allow_blank=True)


class PromoteToSerializer(WhySerializer):
    """The namespace to which what serves is carried; without a cluster, on the same one."""

    namespace = serializers.CharField(max_length=63)
    cluster = serializers.CharField(max_length=63, required=False, allow_blank=True, default="")
    trial = TrialSerializer(required=False, allow_null=True)
    confirmed = serializers.BooleanField(required=False, default=False)


class ShareSerializer(serializers.Serializer[Any]):
    """The share that is wanted, and the one that was seen: another one now is a 409."""

    share = serializers.IntegerField(min_value=0, max_value=100)
    seen_share = serializers.IntegerField(min_value=0, max_value=100)
