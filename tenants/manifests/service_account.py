"""The ServiceAccounts: one that workloads run as, one that short-lived kubeconfigs are made for."""

from typing import Any

from tenants.manifests.facts import Facts
from tenants.manifests.metadata import metadata

WORKLOAD = "slipway-workload"
ACCESS = "slipway-access"


def render(facts: Facts, name: str) -> dict[str, Any]:
    """The manifest. A pod that wants the API's token must say so itself."""
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata(facts, name), "automountServiceAccountToken": False}
