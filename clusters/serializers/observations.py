"""What the watcher saw, over REST."""

from rest_framework import serializers

from clusters.models import Drift, Node


class NodeSerializer(serializers.ModelSerializer[Node]):
    """A node."""

    class Meta:
        model = Node
        fields = ["name", "labels", "allocatable", "ready", "schedulable", "version", "observed_at"]
        read_only_fields = fields


class DriftSerializer(serializers.ModelSerializer[Drift]):
    """One finding: who changed which object of ours; `lines` are pairs of mark and YAML line."""

    cluster = serializers.CharField(source="cluster.name")
    lines = serializers.SerializerMethodField()

    class Meta:
        model = Drift
        fields = [
            "id",
            "cluster",
            "owner_kind",
            "owner_pk",
            "api_version",
            "kind",
            "namespace",
            "name",
            "found",
            "manager",
            "operation",
            "fields",
            "lines",
            "seen_at",
            "repaired_at",
        ]
        read_only_fields = fields

    def get_lines(self, drift: Drift) -> list[list[str]]:
        """What it was and what it became."""
        lines: list[list[str]] = drift.live.get("lines", [])
        return lines
