"""The shapes of the catalogue in the API."""

from typing import Any

from rest_framework import serializers

from accounts.models import Team
from registry.actions.register import Origin
from registry.models import Change, ModelAlias, ModelVersion, RegisteredModel
from registry.usage import Use


class AliasSerializer(serializers.ModelSerializer[ModelAlias]):
    """An alias and the version that it points to."""

    version = serializers.IntegerField(source="version.number", read_only=True)

    class Meta:
        model = ModelAlias
        fields = ["name", "version"]
        read_only_fields = fields


class UseSerializer(serializers.Serializer[Use]):
    """Where a version is deployed."""

    version = serializers.IntegerField(read_only=True)
    label: Any = serializers.CharField(read_only=True)
    namespace = serializers.CharField(read_only=True)
    state = serializers.CharField(read_only=True)
    url = serializers.CharField(read_only=True)


class ModelSerializer(serializers.ModelSerializer[RegisteredModel]):
    """A model as its list shows it. `team` is null for one that is common to all."""

    team: Any = serializers.SlugRelatedField(slug_field="name", read_only=True, allow_null=True)
    latest_version = serializers.IntegerField(source="latest", read_only=True, allow_null=True)
    aliases = AliasSerializer(many=True, read_only=True)

    class Meta:
        model = RegisteredModel
        fields = ["name", "team", "description", "latest_version", "aliases", "tags", "created_at", "updated_at", "gone_at"]
        read_only_fields = fields


class ModelDetailSerializer(ModelSerializer):
    """A model with where it is deployed, as far as the caller sees it."""

    uses = serializers.SerializerMethodField()

    class Meta(ModelSerializer.Meta):
        fields = [*ModelSerializer.Meta.fields, "uses"]
        read_only_fields = fields

    def get_uses(self, model: RegisteredModel) -> list[dict[str, Any]]:
        """The deployments of any of its versions."""
        return list(UseSerializer(self.context["uses"], many=True).data)


class VersionSerializer(serializers.ModelSerializer[ModelVersion]):
    """A version as its list shows it; `stage` is MLflow's old word for what aliases do now."""

    model: Any = serializers.CharField(source="model.name", read_only=True)
    version = serializers.IntegerField(source="number", read_only=True)
    aliases = serializers.SlugRelatedField(slug_field="name", many=True, read_only=True)  # type: ignore[var-annotated]
    metrics: Any = serializers.DictField(read_only=True, help_text="Numbers; NaN and infinity as their words.")

    class Meta:
        model = ModelVersion
        fields = [
            "model",
            "version",
            "aliases",
            "status",
            "stage",
            "description",
            "tags",
            "metrics",
            "params",
            "flavors",
            "run_id",
            "run_name",
            "experiment",
            "author",
            "source",
            "download_uri",
            "created_at",
            "updated_at",
            "gone_at",
        ]
        read_only_fields = fields


class VersionDetailSerializer(VersionSerializer):
    """A version with its signature and input example; `details_problem` says what of its files cannot be read."""

    class Meta(VersionSerializer.Meta):
        fields = [*VersionSerializer.Meta.fields, "signature", "input_example", "details_problem"]
        read_only_fields = fields


class OriginSerializer(serializers.Serializer[Any]):
    """Where a version comes from: a run (and the name of the model in it), or an address."""

    run_id = serializers.CharField(required=False, allow_blank=True, max_length=64, default="")
    artifact = serializers.CharField(required=False, allow_blank=True, max_length=400, default="")
    source: Any = serializers.CharField(required=False, allow_blank=True, max_length=1000, default="")
    description = serializers.CharField(required=False, allow_blank=True, max_length=2000, default="")

    def origin(self) -> Origin:
        """The typed value of what was validated."""
        return Origin(**{name: self.validated_data[name] for name in ("run_id", "artifact", "source", "description")})


class NewModelSerializer(OriginSerializer):
    """A new model with its first version; without a team it is common to all."""

    name = serializers.CharField(max_length=100)
    team: Any = serializers.SlugRelatedField(slug_field="name", queryset=Team.objects.none(), allow_null=True, required=False, default=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "request" in self.context:
            self.fields["team"].queryset = Team.objects.visible_to(self.context["request"].user)  # type: ignore[attr-defined]


class AliasTargetSerializer(serializers.Serializer[Any]):
    """Where an alias is to point. With `seen` (0: nowhere) the change is refused if it points elsewhere by now."""

    version = serializers.IntegerField(min_value=1)
    seen = serializers.IntegerField(min_value=0, required=False, default=-1)


class TagSerializer(serializers.Serializer[Any]):
    """A tag of the model, or of one of its versions."""

    key = serializers.CharField(max_length=120)
    value = serializers.CharField(max_length=1000, allow_blank=True)
    version = serializers.IntegerField(min_value=1, required=False, allow_null=True, default=None)


class ChangeSerializer(serializers.ModelSerializer[Change]):
    """A change of the registry: pending, done or failed. `result` names the new version where there is one."""

    model: Any = serializers.CharField(source="model_name", read_only=True)
    team: Any = serializers.SlugRelatedField(slug_field="name", read_only=True, allow_null=True)
    actor: Any = serializers.SlugRelatedField(slug_field="username", read_only=True)
    state = serializers.ChoiceField(["pending", "done", "failed"], read_only=True)
    message = serializers.CharField(read_only=True)
    arguments: Any = serializers.DictField(read_only=True)
    result: Any = serializers.DictField(read_only=True)

    class Meta:
        model = Change
        fields = ["id", "what", "model", "team", "actor", "arguments", "state", "message", "result", "created_at", "reconciled_at"]
        read_only_fields = fields


class FileSerializer(serializers.Serializer[Any]):
    """One entry of a folder; `size` in bytes."""

    name = serializers.CharField(read_only=True)
    path = serializers.CharField(read_only=True)
    is_folder = serializers.BooleanField(read_only=True)
    size = serializers.IntegerField(read_only=True, allow_null=True)
