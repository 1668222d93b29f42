"""The flat fields of one revision, the same when they are read and when they are written."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from deployments.spec import RUNTIMES


class VariableSerializer(serializers.Serializer[Any]):
    """An environment variable by reference to a key of a Secret or ConfigMap of the namespace; values are neither taken nor shown."""

    name = serializers.CharField(max_length=128)
    source: Any = serializers.ChoiceField(["configmap", "secret"])
    object = serializers.CharField(max_length=253)
    key = serializers.CharField(max_length=253)

    def to_internal_value(self, data: Any) -> Any:
        """Refuses what has no place here: a value that somebody sends must not seem to be kept."""
        if isinstance(data, Mapping) and set(data) - set(self.fields):
            raise serializers.ValidationError("Send name, source, object and key only. A value belongs into a Secret or ConfigMap.")
        return super().to_internal_value(data)


class SpecSerializer(serializers.Serializer[Any]):
    """Where the model comes from (model with version or alias, or uri, or image), what it needs, how it scales and is reached."""

    model = serializers.CharField(max_length=256, required=False, allow_blank=True, help_text="A registered model, with version or alias.")
    version = serializers.IntegerField(min_value=1, max_value=10**6, required=False, allow_null=True)
    alias = serializers.CharField(max_length=256, required=False, allow_blank=True, help_text="Resolved now; the version is pinned.")
    uri = serializers.CharField(max_length=1000, required=False, allow_blank=True, help_text="s3://bucket/path or pvc://claim/path.")
    image = serializers.CharField(max_length=500, required=False, allow_blank=True, help_text="A custom image that brings its model.")
    runtime = serializers.ChoiceField(RUNTIMES, required=False)
    protocol = serializers.ChoiceField(["v1", "v2"], required=False, help_text="v2 is the Open Inference Protocol.")
    cpu_request = serializers.CharField(max_length=40, trim_whitespace=False, required=False, help_text='Such as "500m".')
    cpu_limit = serializers.CharField(max_length=40, trim_whitespace=False, required=False, help_text="As the request if it is not given.")
    memory_request = serializers.CharField(max_length=40, trim_whitespace=False, required=False, help_text='Such as "1Gi".')
    memory_limit = serializers.CharField(max_length=40, trim_whitespace=False, required=False)
    flavor = serializers.CharField(max_length=60, required=False, allow_blank=True, help_text="A GPU flavor of the cluster.")
    gpus = serializers.CharField(max_length=40, trim_whitespace=False, required=False, help_text="Whole cards per replica.")
    minimum = serializers.IntegerField(min_value=0, max_value=10**6, required=False, help_text="Replicas.")
    maximum = serializers.IntegerField(min_value=0, max_value=10**6, required=False, help_text="Replicas; the minimum if it is not given.")
    cpu_target = serializers.IntegerField(
        min_value=0, max_value=10**6, required=False, allow_null=True, help_text="Percent of the request."
    )
    memory_target = serializers.IntegerField(min_value=0, max_value=10**6, required=False, allow_null=True, help_text="Percent.")
    concurrency = serializers.IntegerField(min_value=0, max_value=10**6, required=False, allow_null=True, help_text="Per replica.")
    rps = serializers.IntegerField(min_value=0, max_value=10**6, required=False, allow_null=True, help_text="Per replica.")
    up_seconds = serializers.IntegerField(
        min_value=0, max_value=10**6, required=False, help_text="Stabilisation before more replicas; without effect in Knative mode."
    )
    down_seconds = serializers.IntegerField(min_value=0, max_value=10**6, required=False, help_text="Stabilisation before fewer replicas.")
    env = serializers.ListField(child=VariableSerializer(), max_length=100, required=False)
    command = serializers.ListField(child=serializers.CharField(max_length=1000), max_length=100, required=False, help_text="Of an image.")
    args = serializers.ListField(
        child=serializers.CharField(max_length=1000), max_length=100, required=False, help_text="Of an image, or of vLLM; others take none."
    )
    port = serializers.IntegerField(min_value=0, max_value=10**6, required=False, help_text="Of an image.")
    ready_path = serializers.CharField(max_length=500, required=False, allow_blank=True, help_text="Instead of the runtime's own.")
    startup_seconds = serializers.IntegerField(min_value=0, max_value=10**6, required=False, help_text="How long loading may take.")
    spread = serializers.ChoiceField(["nodes", "zones"], required=False, allow_blank=True)
    min_available = serializers.IntegerField(min_value=0, max_value=10**6, required=False, allow_null=True)
    exposure = serializers.ChoiceField(["cluster", "outside"], required=False)
    strategy = serializers.ChoiceField(["rolling", "recreate"], required=False)


SPEC_FIELDS = frozenset(SpecSerializer().fields)
