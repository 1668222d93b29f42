"""Audit entries over REST."""

from rest_framework import serializers

from audit.models import Entry


class EntrySerializer(serializers.ModelSerializer[Entry]):
    """One accepted change or refused attempt."""

    actor = serializers.CharField(source="actor_name", read_only=True)

    class Meta:
        model = Entry
        fields = [
            "id",
            "at",
            "actor",
            "action",
            "outcome",
            "subject_kind",
            "subject_id",
            "subject_name",
            "team_name",
            "detail",
            "request_id",
            "source",
        ]
        read_only_fields = fields
