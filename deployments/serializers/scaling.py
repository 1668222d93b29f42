"""Scaling steps as they are shown."""

from typing import Any

from rest_framework import serializers

from deployments.models import ScalingStep


class ScalingStepSerializer(serializers.ModelSerializer[ScalingStep]):
    """From `before` to `after` replicas, null where nobody told, by a metric over its threshold; `asked_by` is null for an autoscaler."""

    asked_by: Any = serializers.SlugRelatedField(slug_field="username", read_only=True)

    class Meta:
        model = ScalingStep
        fields = ["at", "workload", "metric", "threshold", "before", "after", "message", "asked_by"]
        read_only_fields = fields
