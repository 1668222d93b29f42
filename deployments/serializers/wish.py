"""What is asked for: a new deployment, or the next revision of one."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from accounts.models import User
from deployments.models import ModelDeployment
from deployments.parsing import changed_spec, parse_follows, parse_spec, parse_trial
from deployments.serializers.spec import SPEC_FIELDS, SpecSerializer
from deployments.spec import DeploymentSpec
from deployments.wish import DeploymentWish, Trial
from tenants.models import Namespace


class Strict(serializers.Serializer[Any]):
    """Takes no field that it does not know: nearly every field has a default, and a slip of the pen would get it unseen."""

    def to_internal_value(self, data: Any) -> Any:
        """Names each unknown field, and what may stand there."""
        if isinstance(data, Mapping) and (unknown := sorted(set(map(str, data)) - set(self.fields))):
            message = f"There is no such field. Fields: {', '.join(self.fields)}."
            raise serializers.ValidationError({name[:60]: [message] for name in unknown[:20]})
        return super().to_internal_value(data)


class TrialSerializer(Strict):
    """A candidate beside what serves: its share in percent; it is rolled back by itself above a threshold that is given."""

    share = serializers.IntegerField(min_value=0, max_value=100)
    max_errors = serializers.CharField(max_length=10, required=False, allow_null=True, help_text="Percent of its requests.")
    max_p99 = serializers.IntegerField(min_value=1, max_value=10**6, required=False, allow_null=True, help_text="Milliseconds.")
    min_requests = serializers.IntegerField(min_value=1, max_value=10**6, required=False, help_text="Per side before it is judged.")


class ChangeSerializer(Strict, SpecSerializer):
    """The fields of a spec; with `trial` they become a candidate. `confirmed` deploys although it would not start at present."""

    trial = TrialSerializer(required=False, allow_null=True)
    follows = serializers.CharField(max_length=255, required=False, allow_blank=True, help_text="An alias to follow when it moves.")
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
    confirmed = serializers.BooleanField(required=False, default=False)

    def wish_for(self, deployment: ModelDeployment, user: User, *, whole: bool) -> DeploymentWish:
        """The wish for the next revision; `whole` takes defaults, not what stands, for fields that are absent.

        Raises Django's ValidationError per field.
        """
        given, namespace, stands = self.validated_data, deployment.namespace, deployment.revision
        written = {name: value for name, value in given.items() if name in SPEC_FIELDS}
        spec = (
            parse_spec(written, namespace=namespace, user=user)
            if whole or stands is None
            else changed_spec(stands.spec, written, namespace=namespace, user=user)
        )
        follows = given.get("follows", "" if whole else deployment.follows)
        return _wish(namespace, deployment.name, spec, parse_trial(given.get("trial")), follows)


class DeploymentWishSerializer(ChangeSerializer):
    """A new deployment in a namespace of the caller's team."""

    cluster = serializers.CharField(max_length=63)
    namespace = serializers.CharField(max_length=63)
    name = serializers.CharField(max_length=253, trim_whitespace=False)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        """Finds the namespace; one that the caller does not see does not exist for them."""
        seen = Namespace.objects.visible_to(self.context["request"].user).standing()
        namespace = seen.filter(cluster__name=given["cluster"], name=given["namespace"]).select_related("cluster", "team").first()
        if namespace is None:
            raise serializers.ValidationError({"namespace": f"There is no namespace “{given['namespace']}” on {given['cluster']}."})
        return {**given, "namespace": namespace}

    def wish(self) -> DeploymentWish:
        """The typed value. Raises Django's ValidationError per field."""
        given, user = self.validated_data, self.context["request"].user
        namespace: Namespace = given["namespace"]
        written = {name: value for name, value in given.items() if name in SPEC_FIELDS}
        spec = parse_spec(written, namespace=namespace, user=user)
        return _wish(namespace, given["name"], spec, parse_trial(given.get("trial")), given.get("follows", ""))


def _wish(namespace: Namespace, name: str, spec: DeploymentSpec, trial: Trial | None, follows: str) -> DeploymentWish:
    return DeploymentWish(namespace.cluster.name, namespace.name, name, spec, trial, parse_follows(follows, spec.source))
