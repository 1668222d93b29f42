"""Clusters with what they have left."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.policies import sees_everything
from clusters.models import Cluster
from clusters.policies import may_see_details
from clusters.queries import ledger
from clusters.serializers.flavors import FlavorSerializer


class LineSerializer(serializers.Serializer[Any]):
    """One capacity account in its unit: millicores, bytes or cards. null where nothing limits it or no source tells it."""

    key = serializers.CharField(help_text='"cpu", "memory", "storage" or "gpu:<pool>".')
    installed = serializers.IntegerField(allow_null=True)
    ceiling = serializers.IntegerField(allow_null=True)
    granted = serializers.IntegerField()
    used = serializers.IntegerField()
    free = serializers.IntegerField(allow_null=True)
    flavors = serializers.ListField(child=serializers.CharField())
    holders = serializers.DictField(child=serializers.IntegerField(), required=False, help_text="Only for those who see every team.")


class ClusterSerializer(serializers.ModelSerializer[Cluster]):
    """A cluster in a list."""

    reachable = serializers.SerializerMethodField()
    flavors = FlavorSerializer(many=True)

    class Meta:
        model = Cluster
        fields = ["name", "display_name", "is_sandbox", "reachable", "stale_since", "flavors"]
        read_only_fields = fields

    def get_reachable(self, cluster: Cluster) -> bool:
        """Whether it answered when it was last called."""
        return cluster.breaker_opened_at is None


class ClusterDetailSerializer(ClusterSerializer):
    """A cluster with its ledger; `details` is null for everyone but administrators."""

    capacity = serializers.SerializerMethodField()
    details = serializers.SerializerMethodField()

    class Meta(ClusterSerializer.Meta):
        fields = [*ClusterSerializer.Meta.fields, "capacity", "details"]
        read_only_fields = fields

    @extend_schema_field(LineSerializer(many=True))
    def get_capacity(self, cluster: Cluster) -> Any:
        """What it has, what was granted, what is in use and what is left."""
        lines = LineSerializer(ledger(cluster), many=True).data
        if not sees_everything(self.context["request"].user):
            for line in lines:
                line.pop("holders", None)
        return lines

    def get_details(self, cluster: Cluster) -> dict[str, Any] | None:
        """Version, capabilities, network profile and identity; `unwatched` names kinds that are missing, or hidden from the portal."""
        if not may_see_details(self.context["request"].user):
            return None
        shown = ("version", "capabilities", "network_profile", "identity", "unwatched", "last_seen_at", "credential_expires_at")
        return {**{name: getattr(cluster, name) for name in shown}, "overcommit": str(cluster.overcommit)}
