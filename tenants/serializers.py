"""The shapes of namespaces and of their requests in the API. Amounts are written as Kubernetes quantities and read as both."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Team
from clusters.models import Event, Pod
from kube.quantities import format_bytes, format_cpu
from tenants.environments import Environment
from tenants.models import Grant, Namespace
from tenants.parsing import parse_end, parse_resources
from tenants.resources import Resources
from tenants.wish import NamespaceWish


class AmountsSerializer(serializers.Serializer[Any]):
    """Amounts as written: `{"cpu": "8", "memory": "32Gi", "storage": "100Gi", "gpus": {"h100": "1"}}`."""

    cpu = serializers.CharField(max_length=40, trim_whitespace=False, help_text='Cores, such as "8" or "500m".')
    memory = serializers.CharField(max_length=40, trim_whitespace=False, help_text='Bytes, such as "32Gi".')
    storage = serializers.CharField(max_length=40, trim_whitespace=False, default="0", help_text='Bytes, such as "100Gi".')
    gpus = serializers.DictField(
        child=serializers.CharField(max_length=40, trim_whitespace=False), default=dict, help_text="Whole cards by flavor."
    )


class NamespaceRequestSerializer(AmountsSerializer):
    """What is asked for. `ends_at` is a date or a time; without it the quota has no end."""

    team = serializers.CharField(max_length=63)
    cluster = serializers.CharField(max_length=63)
    name = serializers.CharField(max_length=253, trim_whitespace=False)
    environment = serializers.ChoiceField(Environment.choices, default=Environment.DEVELOPMENT.value)
    justification = serializers.CharField(max_length=2000)
    ends_at = serializers.CharField(max_length=40, required=False, allow_blank=True, allow_null=True)

    def validate_team(self, name: str) -> Team:
        """A team that the caller sees; another one does not exist for them."""
        team = Team.objects.visible_to(self.context["request"].user).filter(name=name).first()
        if team is None:
            raise serializers.ValidationError(f"There is no team “{name}”, or you do not belong to it.")
        return team

    def wish(self) -> NamespaceWish:
        """The typed value. Raises Django's ValidationError per field."""
        given = self.validated_data
        resources, ends_at = parse_resources(given), parse_end(given.get("ends_at"))
        return NamespaceWish(given["cluster"], given["name"], resources, ends_at, given["environment"])


class NamespaceRequestChangeSerializer(AmountsSerializer):
    """What the one who asked may change while nothing is decided."""

    justification = serializers.CharField(max_length=2000)
    ends_at = serializers.CharField(max_length=40, required=False, allow_blank=True, allow_null=True)


class ObjectSerializer(serializers.Serializer[dict[str, Any]]):
    """One object of the namespace and what became of it in the last attempt."""

    apiVersion = serializers.CharField()
    kind = serializers.CharField()
    namespace = serializers.CharField(allow_null=True)
    name = serializers.CharField()
    uid = serializers.CharField(allow_null=True)
    state = serializers.CharField()
    message = serializers.CharField(allow_blank=True)
    at = serializers.CharField(allow_null=True)


class ConditionSerializer(serializers.Serializer[dict[str, Any]]):
    """A condition in Kubernetes' form."""

    type = serializers.CharField()
    status = serializers.ChoiceField(["True", "False"])
    reason = serializers.CharField()
    message = serializers.CharField(allow_blank=True)
    lastTransitionTime = serializers.CharField()


class ResourcesSerializer(serializers.Serializer[Any]):
    """Amounts as Kubernetes quantities."""

    cpu = serializers.CharField()
    memory = serializers.CharField()
    storage = serializers.CharField()
    gpus = serializers.DictField(child=serializers.IntegerField())


def written(resources: Resources) -> dict[str, Any]:
    """Resources in the shape of ResourcesSerializer."""
    return {
        "cpu": format_cpu(resources.cpu),
        "memory": format_bytes(resources.memory),
        "storage": format_bytes(resources.storage),
        "gpus": dict(resources.gpus),
    }


class GrantSerializer(serializers.ModelSerializer[Grant]):
    """A dated part of the quota."""

    resources = serializers.SerializerMethodField()

    class Meta:
        model = Grant
        fields = ["id", "resources", "starts_at", "ends_at", "ended_at"]
        read_only_fields = fields

    @extend_schema_field(ResourcesSerializer)
    def get_resources(self, grant: Grant) -> dict[str, Any]:
        """What it adds."""
        return written(grant.amount)


class NamespaceSerializer(serializers.ModelSerializer[Namespace]):
    """A namespace as its list shows it. `generation` is what is wanted, `observed_generation` what the cluster is confirmed to equal."""

    cluster: Any = serializers.SlugRelatedField(slug_field="name", read_only=True)
    team: Any = serializers.SlugRelatedField(slug_field="name", read_only=True)
    state = serializers.CharField(read_only=True)
    quota = serializers.SerializerMethodField()

    class Meta:
        model = Namespace
        fields = [
            "id",
            "name",
            "cluster",
            "team",
            "environment",
            "state",
            "quota",
            "request",
            "generation",
            "observed_generation",
            "created_at",
            "reconciled_at",
            "deletion_requested_at",
            "deleted_at",
        ]
        read_only_fields = fields

    @extend_schema_field(ResourcesSerializer)
    def get_quota(self, namespace: Namespace) -> dict[str, Any]:
        """Base plus active grants."""
        return written(namespace.quota)


class NamespaceDetailSerializer(NamespaceSerializer):
    """A namespace with the result per object."""

    objects = ObjectSerializer(source="inventory", many=True, read_only=True)
    conditions = ConditionSerializer(many=True, read_only=True)
    grants = GrantSerializer(many=True, read_only=True)

    class Meta(NamespaceSerializer.Meta):
        fields = [*NamespaceSerializer.Meta.fields, "objects", "conditions", "grants"]
        read_only_fields = fields


class PodSerializer(serializers.ModelSerializer[Pod]):
    """A pod as the watcher last saw it."""

    class Meta:
        model = Pod
        exclude = ["cluster"]


class EventSerializer(serializers.ModelSerializer[Event]):
    """An event as the watcher last saw it."""

    class Meta:
        model = Event
        exclude = ["cluster"]
