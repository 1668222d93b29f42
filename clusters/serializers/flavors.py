"""GPU flavors over REST."""

from typing import Any

from rest_framework import serializers

from clusters.models import GpuFlavor


class FlavorSerializer(serializers.ModelSerializer[GpuFlavor]):
    """A flavor; `warning` says what to expect where no node shows it."""

    account = serializers.CharField(source="account.key", help_text="Flavors with the same account are cut from the same cards.")

    sharing_note = serializers.CharField(read_only=True, help_text="What to know of a shared flavor; empty for others.")

    class Meta:
        model = GpuFlavor
        fields = [
            "name",
            "display_name",
            "resource_name",
            "node_selector",
            "tolerations",
            "runtime_class",
            "shared",
            "sharing_note",
            "account",
            "source",
            "installed",
            "warning",
            "seen_at",
        ]
        read_only_fields = fields


class NewFlavorSerializer(serializers.Serializer[Any]):
    """What an administrator says to declare a flavor."""

    name = serializers.SlugField(max_length=60)
    cards = serializers.IntegerField(min_value=0, max_value=2**31, help_text="The most cards that may be granted.")
    resource_name = serializers.CharField(max_length=120, default="nvidia.com/gpu")
    node_selector = serializers.DictField(child=serializers.CharField(max_length=63, allow_blank=True), default=dict)
    display_name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    tolerations = serializers.ListField(
        child=serializers.DictField(child=serializers.CharField(max_length=253)), max_length=20, default=list
    )
    runtime_class = serializers.CharField(max_length=253, default="", allow_blank=True)
    pool = serializers.CharField(max_length=60, required=False, allow_blank=True, help_text="A flavor that is cut from the same cards.")
