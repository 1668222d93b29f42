"""The shapes of requests in the API."""

from typing import Any

from rest_framework import serializers

from approvals.models import Plan, Request, TimelineEntry


class TimelineEntrySerializer(serializers.ModelSerializer[TimelineEntry]):
    """One step of a request's story."""

    actor = serializers.SerializerMethodField()

    class Meta:
        model = TimelineEntry
        fields = ["what", "actor", "body", "version", "snapshot", "at"]
        read_only_fields = fields

    def get_actor(self, entry: TimelineEntry) -> str:
        """The user name, or `system`."""
        return entry.actor.get_username() if entry.actor else "system"


class RequestSerializer(serializers.ModelSerializer[Request]):
    """A request as its list shows it."""

    team: Any = serializers.SlugRelatedField(slug_field="name", read_only=True)
    requester: Any = serializers.SlugRelatedField(slug_field="username", read_only=True)
    prompted_by: Any = serializers.SlugRelatedField(slug_field="username", read_only=True, allow_null=True)
    decided_by: Any = serializers.SlugRelatedField(slug_field="username", read_only=True, allow_null=True)

    class Meta:
        model = Request
        fields = [
            "id",
            "kind",
            "subject",
            "title",
            "team",
            "requester",
            "prompted_by",
            "justification",
            "state",
            "changes_wanted",
            "version",
            "original",
            "requested",
            "decided",
            "applied",
            "outcome",
            "outcome_message",
            "result_id",
            "superseded_by",
            "decided_by",
            "decided_at",
            "reason",
            "created_at",
            "updated_at",
        ]
        read_only_fields = fields


class RequestDetailSerializer(RequestSerializer):
    """A request with its story."""

    timeline = serializers.SerializerMethodField()

    class Meta(RequestSerializer.Meta):
        fields = [*RequestSerializer.Meta.fields, "timeline"]
        read_only_fields = fields

    def get_timeline(self, request: Request) -> list[dict[str, Any]]:
        """Every step, oldest first."""
        return list(TimelineEntrySerializer(request.timeline.select_related("actor"), many=True).data)


class VerdictSerializer(serializers.Serializer[dict[str, Any]]):
    """What the cluster said of one object in the dry run."""

    ref = serializers.DictField()
    verdict = serializers.ChoiceField(["creates", "changes", "unchanged", "refused", "conflict", "unavailable"])
    reason = serializers.CharField(allow_blank=True, required=False)
    message = serializers.CharField(allow_blank=True)
    diff = serializers.ListField(child=serializers.ListField(child=serializers.CharField(allow_blank=True, trim_whitespace=False)))
    stand_in = serializers.BooleanField(help_text="Dry-run in a stand-in namespace, since its own does not exist yet.")


class PlanSerializer(serializers.ModelSerializer[Plan]):
    """The newest plan; `state` is ready, preparing or unavailable."""

    state = serializers.ChoiceField(["ready", "preparing", "unavailable"], read_only=True)
    message = serializers.CharField(source="unavailable_because", read_only=True)
    objects = VerdictSerializer(source="objects_planned", many=True, read_only=True)
    version = serializers.IntegerField(source="made_for", read_only=True)

    class Meta:
        model = Plan
        fields = ["state", "message", "version", "made_at", "objects"]
        read_only_fields = fields


class ReasonSerializer(serializers.Serializer[Any]):
    """Why."""

    reason = serializers.CharField(max_length=2000, allow_blank=True, default="")


class RefusalSerializer(ReasonSerializer):
    """A no, or a wish for changes, to the version that was seen."""

    version = serializers.IntegerField(min_value=1)


class DecisionSerializer(RefusalSerializer):
    """A yes to the version that was seen, with other numbers if `decided` is given."""

    decided = serializers.DictField(required=False, allow_null=True, help_text="Other numbers, written as in the request.")
    confirmed = serializers.BooleanField(
        default=False, help_text="Decide without a current plan, or although it says that a part is refused."
    )


class CommentSerializer(serializers.Serializer[Any]):
    """A comment."""

    body = serializers.CharField(max_length=2000)
