"""The shapes of namespaces and of their requests in the API. Amounts are written as Kubernetes quantities and read as both."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Team
from clusters.models import Event, Pod
from diagnosis.chain import owner_chain
from kube.quantities import format_bytes, format_cpu
from tenants.environments import Environment
from tenants.filters import POD_STATES
from tenants.models import Grant, Namespace
from tenants.parsing import parse_end, parse_resources
from tenants.pod_columns import state_of
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
    """A pod as the watcher last saw it. `state` is trouble, waiting, running or ended."""

    state = serializers.SerializerMethodField()

    class Meta:
        model = Pod
        exclude = ["cluster", "rank"]

    @extend_schema_field(serializers.ChoiceField(list(POD_STATES)))
    def get_state(self, pod: Pod) -> str:
        """In one word, what somebody wants to know first."""
        return state_of(pod)


class EventSerializer(serializers.ModelSerializer[Event]):
    """An event as the watcher last saw it."""

    class Meta:
        model = Event
        exclude = ["cluster"]


class SolutionSerializer(serializers.Serializer[Any]):
    """What would help; `url` leads to a form that is filled in for it, under the words `label`, where there is one."""

    text = serializers.CharField()
    label: Any = serializers.CharField(allow_blank=True)
    url = serializers.CharField(allow_blank=True)


class ExplanationSerializer(serializers.Serializer[Any]):
    """Why something does not run. `code` is stable; title, text and solutions are in the caller's language, `words` the cluster's own.

    `tone`: bad, somebody has to act; wait, it may pass by itself; info.
    """

    code = serializers.CharField()
    title = serializers.CharField()
    text = serializers.CharField()
    solutions = SolutionSerializer(many=True)
    words = serializers.CharField(allow_blank=True)
    tone = serializers.ChoiceField(["bad", "wait", "info"])
    at = serializers.CharField(allow_blank=True)


class AboutSerializer(serializers.Serializer[Any]):
    """An object by its kind and its name."""

    kind = serializers.CharField()
    name = serializers.CharField()

    def to_representation(self, instance: tuple[str, str]) -> dict[str, str]:
        """Of a pair."""
        return dict(zip(("kind", "name"), instance, strict=True))


class GroupSerializer(serializers.Serializer[Any]):
    """One explanation and all objects that it concerns."""

    explanation = ExplanationSerializer()
    about = AboutSerializer(many=True)


class MergedEventSerializer(serializers.Serializer[Any]):
    """The same said of the same object, counted; `message` is the newest wording."""

    kind = serializers.CharField()
    name = serializers.CharField()
    reason = serializers.CharField()
    message = serializers.CharField(allow_blank=True)
    type = serializers.CharField(allow_blank=True)
    count = serializers.IntegerField()
    first_at = serializers.DateTimeField()
    last_at = serializers.DateTimeField()


class PodDetailSerializer(PodSerializer):
    """With why it does not run, who made it (from the outermost on) and what was said of it; context: `explanations`, `events`."""

    explanations = serializers.SerializerMethodField()
    owner_chain = serializers.SerializerMethodField()
    events = serializers.SerializerMethodField()

    @extend_schema_field(ExplanationSerializer(many=True))
    def get_explanations(self, pod: Pod) -> Any:
        """None while it runs well."""
        return ExplanationSerializer(self.context["explanations"], many=True).data

    @extend_schema_field(AboutSerializer(many=True))
    def get_owner_chain(self, pod: Pod) -> Any:
        """As far as the pod itself tells."""
        return AboutSerializer(owner_chain(pod), many=True).data

    @extend_schema_field(MergedEventSerializer(many=True))
    def get_events(self, pod: Pod) -> Any:
        """Newest first."""
        return MergedEventSerializer(self.context["events"], many=True).data
