"""What would become of a wish."""

from typing import Any

from rest_framework import serializers

from deployments.checks import Finding
from deployments.preview import Preview


class FindingSerializer(serializers.Serializer[Finding]):
    """wrong: it cannot stand. blocks: it would not start; `confirmed` deploys it nevertheless. warns: worth knowing.

    `repair_url` is a page of the portal whose form is filled in with what would solve it; empty where none could.
    """

    code = serializers.CharField()
    level = serializers.ChoiceField(["wrong", "blocks", "warns"])
    message = serializers.CharField()
    field = serializers.CharField(allow_blank=True)
    repair = serializers.CharField(allow_blank=True)
    repair_url = serializers.CharField(allow_blank=True)


class FindingsSerializer(serializers.Serializer[Preview]):
    """What speaks against it, and why an approver would have to decide it."""

    findings = FindingSerializer(many=True)
    cluster_asked = serializers.BooleanField(
        help_text="Whether the findings hold what the cluster itself would refuse (code cluster_refuses). It is asked of who may deploy "
        "there, for 1.5 s at most."
    )
    approval = serializers.ListField(child=serializers.CharField(), help_text="Empty: nobody has to decide it.")


class PreviewSerializer(FindingsSerializer):
    """With the objects as they would be applied; none where something is wrong."""

    manifests = serializers.ListField(child=serializers.DictField())
    verdict = serializers.CharField(help_text="Where the cluster's own verdict is found.")


def shown(preview: Preview) -> dict[str, Any]:
    """The whole preview in the shape of PreviewSerializer."""
    shape: dict[str, Any] = PreviewSerializer(preview).data
    return shape
