"""The Namespace itself, with Pod Security `restricted` at a pinned version."""

from typing import Any

from tenants.manifests.facts import Facts
from tenants.manifests.metadata import metadata

# Pinned, so that an upgrade of the cluster does not refuse running teams' pods over night.
POD_SECURITY_VERSION = "v1.29"


def render(facts: Facts) -> dict[str, Any]:
    """The manifest."""
    labels = {"slipway.dev/environment": facts.environment}
    for mode in ("enforce", "warn", "audit"):
        labels[f"pod-security.kubernetes.io/{mode}"] = "restricted"
        labels[f"pod-security.kubernetes.io/{mode}-version"] = POD_SECURITY_VERSION
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata(facts, facts.name, namespaced=False, labels=labels)}
