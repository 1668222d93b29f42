"""The marks that every object of ours carries."""

from collections.abc import Mapping
from typing import Any

from deployments.manifests.facts import Facts

DEPLOYMENT = "slipway.dev/deployment"


def metadata(
    facts: Facts, name: str, *, labels: Mapping[str, str] | None = None, annotations: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Name, namespace, the labels of owner, team and deployment, and the claim annotation; KServe hands them on to the pods."""
    return {
        "name": name,
        "namespace": facts.namespace,
        "labels": {
            "app.kubernetes.io/managed-by": "slipway",
            "slipway.dev/owner": facts.owner,
            "slipway.dev/team": facts.team,
            DEPLOYMENT: facts.name,
            **(labels or {}),
        },
        "annotations": {"slipway.dev/claim": facts.claim, **(annotations or {})},
    }
