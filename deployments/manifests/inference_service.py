"""The InferenceService: one for both variants, or one for each where the routes are ours."""

from typing import Any

from deployments.manifests import predictor
from deployments.manifests.facts import ROUTED, Facts, Variant
from deployments.manifests.metadata import metadata
from deployments.manifests.names import service_name

API_VERSION = "serving.kserve.io/v1beta1"
VISIBILITY = {"Standard": "networking.kserve.io/visibility", "Knative": "networking.knative.dev/visibility"}


def render(facts: Facts) -> list[dict[str, Any]]:
    """None for a paused deployment where KServe cannot stop one and keep it."""
    if facts.paused and not facts.serving.stops:
        return []
    splitting = facts.serving.splitting
    if splitting in ROUTED:
        return [_manifest(facts, each, predictor.stable(facts, each)) for each in (facts.stable, facts.candidate) if each]
    spec = predictor.stable(facts, facts.stable)
    if facts.candidate and splitting == "percent":
        # Knative keeps the revision that was rolled out before; what is written is always the newest.
        spec = {**predictor.stable(facts, facts.candidate), "canaryTrafficPercent": facts.share}
    made = _manifest(facts, facts.stable, spec)
    if facts.candidate and splitting == "canary":
        made["spec"]["canary"] = [{"trafficPercent": facts.share, "predictor": predictor.canary(facts, facts.candidate)}]
    return [made]


def _manifest(facts: Facts, variant: Variant, spec: dict[str, Any]) -> dict[str, Any]:
    annotations = {"serving.kserve.io/deploymentMode": facts.serving.spelling}
    if facts.paused:
        annotations["serving.kserve.io/stop"] = "true"
    own = metadata(facts, service_name(facts, variant), labels=_visibility(facts, variant), annotations=annotations)
    return {"apiVersion": API_VERSION, "kind": "InferenceService", "metadata": own, "spec": {"predictor": spec}}


def _visibility(facts: Facts, variant: Variant) -> dict[str, str]:
    """Where the routes are ours, KServe makes none of its own to the outside."""
    inside = variant.spec.exposure == "cluster" or facts.serving.splitting in ROUTED
    return {VISIBILITY[facts.serving.mode]: "cluster-local"} if inside else {}
