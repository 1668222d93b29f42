"""Revisions and rollouts as they are shown."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from deployments.models import Revision, Rollout
from deployments.parsing import written_spec
from deployments.serializers.spec import SpecSerializer


class RevisionSerializer(serializers.ModelSerializer[Revision]):
    """One change: who, why, what it says. `restores` is the number that it repeats, `request` the one by which it was decided."""

    author: Any = serializers.SlugRelatedField(slug_field="username", read_only=True)
    source: Any = serializers.SerializerMethodField()
    spec = serializers.SerializerMethodField()

    class Meta:
        model = Revision
        fields = ["number", "source", "author", "reason", "restores", "request", "created_at", "spec"]
        read_only_fields = fields

    def get_source(self, row: Revision) -> str:
        """In a word."""
        return str(row.spec.source)

    @extend_schema_field(SpecSerializer)
    def get_spec(self, row: Revision) -> Any:
        """All its fields."""
        return written_spec(row.spec)


class DifferenceSerializer(serializers.Serializer[Any]):
    """One field of two revisions."""

    field = serializers.CharField()
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)


class RolloutSerializer(serializers.ModelSerializer[Rollout]):
    """A candidate's way. Shares and errors are percent, p99 milliseconds; `figures` are what was measured of both sides since the share
    last changed, `verdict` the numbers that ended it."""

    stable = serializers.IntegerField(source="stable.number", read_only=True)
    candidate = serializers.IntegerField(source="candidate.number", read_only=True)
    started_by: Any = serializers.SlugRelatedField(slug_field="username", read_only=True)
    ended_by: Any = serializers.SlugRelatedField(slug_field="username", read_only=True)

    class Meta:
        model = Rollout
        fields = [
            "id",
            "stable",
            "candidate",
            "share",
            "max_errors",
            "max_p99",
            "min_requests",
            "figures",
            "verdict",
            "started_by",
            "started_at",
            "ended",
            "ended_by",
            "ended_at",
        ]
        read_only_fields = fields
