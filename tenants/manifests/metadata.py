"""The marks that every object of ours carries."""

from typing import Any

from tenants.manifests.facts import Facts


def metadata(facts: Facts, name: str, *, namespaced: bool = True, labels: dict[str, str] | None = None) -> dict[str, Any]:
    """Name, namespace, owner label and claim annotation."""
    data: dict[str, Any] = {"name": name}
    if namespaced:
        data["namespace"] = facts.name
    data["labels"] = {
        "app.kubernetes.io/managed-by": "slipway",
        "slipway.dev/owner": facts.owner,
        "slipway.dev/team": facts.team,
        **(labels or {}),
    }
    data["annotations"] = {"slipway.dev/claim": facts.claim}
    return data
