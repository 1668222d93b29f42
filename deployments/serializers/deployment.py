"""Deployments as they are shown: wish, confirmation, health, address."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from deployments.addresses import address_of
from deployments.health import Health, healths
from deployments.models import ModelDeployment
from deployments.parsing import written_spec
from deployments.serializers.spec import SpecSerializer
from tenants.serializers import ConditionSerializer, ObjectSerializer


class HealthSerializer(serializers.Serializer[Health]):
    """How it does: one word, the cluster's own reason and message, replicas that answer of those that should."""

    state = serializers.CharField()
    reason = serializers.CharField(allow_blank=True)
    message = serializers.CharField(allow_blank=True)
    ready = serializers.IntegerField()
    wanted = serializers.IntegerField()
    since = serializers.DateTimeField(allow_null=True)


class RunningSerializer(serializers.Serializer[Any]):
    """A rollout in short: the candidate's number and its share in percent."""

    candidate = serializers.IntegerField(source="candidate.number")
    share = serializers.IntegerField()


class Deployments(serializers.ListSerializer[Any]):
    """Asks for the health of all rows at once."""

    context: dict[str, Any]

    def to_representation(self, data: Any) -> Any:
        rows = list(data)
        self.context["healths"] = healths(rows)
        return super().to_representation(rows)


class DeploymentSerializer(serializers.ModelSerializer[ModelDeployment]):
    """A deployment as its list shows it. `state` is what became of the wish in the cluster, `health` how the model serves."""

    cluster: Any = serializers.SlugRelatedField(slug_field="name", read_only=True)
    namespace = serializers.CharField(source="namespace.name", read_only=True)
    namespace_id = serializers.IntegerField(read_only=True)
    team = serializers.CharField(source="namespace.team.name", read_only=True)
    environment = serializers.CharField(source="namespace.environment", read_only=True)
    state = serializers.CharField(read_only=True)
    revision = serializers.IntegerField(source="revision.number", read_only=True, default=None)
    source: Any = serializers.SerializerMethodField()
    health = serializers.SerializerMethodField()
    rollout = serializers.SerializerMethodField()

    class Meta:
        model = ModelDeployment
        list_serializer_class = Deployments
        fields = [
            "id",
            "name",
            "cluster",
            "namespace",
            "namespace_id",
            "team",
            "environment",
            "state",
            "health",
            "revision",
            "source",
            "follows",
            "paused",
            "rollout",
            "generation",
            "observed_generation",
            "created_at",
            "reconciled_at",
            "deletion_requested_at",
            "delete_after",
            "deleted_at",
        ]
        read_only_fields = fields

    def get_source(self, row: ModelDeployment) -> str:
        """What serves, in a word: a model's version, an address or an image."""
        return str(row.revision.spec.source) if row.revision else ""

    @extend_schema_field(HealthSerializer)
    def get_health(self, row: ModelDeployment) -> Any:
        """As last observed."""
        known = self.context.get("healths") or healths([row])
        return HealthSerializer(known[row.pk]).data

    @extend_schema_field(RunningSerializer(allow_null=True))
    def get_rollout(self, row: ModelDeployment) -> Any:
        """The running one."""
        running = next(iter(getattr(row, "running", [])), None)
        return RunningSerializer(running).data if running else None


class DeploymentDetailSerializer(DeploymentSerializer):
    """With the spec that serves, whose fields can be sent back as they are, the address and the result per object."""

    spec = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()
    objects = ObjectSerializer(source="inventory", many=True, read_only=True)
    conditions = ConditionSerializer(many=True, read_only=True)

    class Meta(DeploymentSerializer.Meta):
        fields = [*DeploymentSerializer.Meta.fields, "spec", "url", "objects", "conditions"]
        read_only_fields = fields

    @extend_schema_field(SpecSerializer(allow_null=True))
    def get_spec(self, row: ModelDeployment) -> Any:
        """What serves."""
        return written_spec(row.revision.spec) if row.revision else None

    def get_url(self, row: ModelDeployment) -> str:
        """Where it answers, as the cluster tells; empty while it does not."""
        return address_of(row)
