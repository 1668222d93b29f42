"""The shape of series, for the description of the API."""

from rest_framework import serializers


class OneSeriesSerializer(serializers.Serializer):
    """`values` has null where there is a gap; `max` is the largest single sample of each step."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    unit = serializers.CharField()
    revision = serializers.CharField(allow_blank=True, help_text="Of one revision, as r3; empty for all.")
    values = serializers.ListField(child=serializers.FloatField(allow_null=True))
    max = serializers.ListField(child=serializers.FloatField(allow_null=True), allow_null=True)
    request = serializers.ListField(child=serializers.FloatField(allow_null=True), allow_null=True)
    limit = serializers.ListField(child=serializers.FloatField(allow_null=True), allow_null=True)
    source = serializers.CharField(allow_null=True)  # type: ignore[assignment]
    reason = serializers.CharField(allow_blank=True, help_text="Why there is no source; also while one that was there is silent.")


class MarkSerializer(serializers.Serializer):
    """What happened: revision, rollout, scaling or restart."""

    at = serializers.IntegerField()
    kind = serializers.CharField()
    title = serializers.CharField()


class SeriesAnswerSerializer(serializers.Serializer):
    """Times in seconds since 1970, each the beginning of a step."""

    to = serializers.IntegerField()
    step = serializers.IntegerField()
    times = serializers.ListField(child=serializers.IntegerField())
    series = OneSeriesSerializer(many=True)
    marks = MarkSerializer(many=True)

    def get_fields(self) -> dict[str, serializers.Field]:
        """`from` is no name in Python."""
        return {"from": serializers.IntegerField(), **super().get_fields()}
