"""Asks a cluster what it is and what is installed in it."""

import re
from typing import Any

from kube.connect import Api
from kube.errors import ApiError

GROUPS = {
    "kserve": "serving.kserve.io",
    "kueue": "kueue.x-k8s.io",
    "trainer": "trainer.kubeflow.org",
    "training_operator": "kubeflow.org",
    "prometheus_operator": "monitoring.coreos.com",
    "metrics": "metrics.k8s.io",
    "istio": "networking.istio.io",
    "gateway": "gateway.networking.k8s.io",
}


def version_of(api: Api) -> str:
    """The server's version, such as v1.34.0."""
    return str(api.request("GET", "/version")["gitVersion"])


def capabilities_of(api: Api, version: str) -> dict[str, Any]:
    """What the cluster can do: {"minor": 34, "groups": {group: [versions]}, "kserve": true, "pod_security": true, ...}."""
    listed = api.request("GET", "/apis").get("groups", [])
    groups = {group["name"]: [served["version"] for served in group["versions"]] for group in listed}
    match = re.match(r"v?1\.(\d+)", version)
    minor = int(match.group(1)) if match else 0
    found = {name: group in groups for name, group in GROUPS.items()}
    return {
        "minor": minor,
        "groups": groups,
        "pod_security": minor >= 23,
        "strict_validation": minor >= 25,
        "policy_v1": "v1" in groups.get("policy", []),
        **found,
    }


def api_server_ranges(api: Api) -> list[str]:
    """The addresses at which pods reach the API server: the Service's and the endpoints', as ranges of one address."""
    found: list[str] = []
    try:
        service = api.request("GET", "/api/v1/namespaces/default/services/kubernetes")
        found += service["spec"].get("clusterIPs") or [service["spec"]["clusterIP"]]
        endpoints = api.request("GET", "/api/v1/namespaces/default/endpoints/kubernetes")
        found += [address["ip"] for subset in endpoints.get("subsets") or [] for address in subset.get("addresses") or []]
    except ApiError as error:
        if not error.not_found:
            raise
    return [f"{address}/{128 if ':' in address else 32}" for address in dict.fromkeys(found) if address != "None"]
