"""The oracle's own client: urllib, an administrator's token, whole lists."""

import base64
import json
import ssl
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import yaml

Thing = dict[str, Any]
CLAIM = "slipway.dev/claim"
LISTS = {
    "Namespace": "/api/v1/namespaces",
    "ResourceQuota": "/api/v1/resourcequotas",
    "LimitRange": "/api/v1/limitranges",
    "ServiceAccount": "/api/v1/serviceaccounts",
    "ConfigMap": "/api/v1/configmaps",
    "NetworkPolicy": "/apis/networking.k8s.io/v1/networkpolicies",
    "RoleBinding": "/apis/rbac.authorization.k8s.io/v1/rolebindings",
    "ClusterRole": "/apis/rbac.authorization.k8s.io/v1/clusterroles",
    "ClusterRoleBinding": "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
}
# What deployments are made of; not every cluster serves all of it.
DEPLOYED = {
    "InferenceService": "/apis/serving.kserve.io/v1beta1/inferenceservices",
    "HorizontalPodAutoscaler": "/apis/autoscaling/v2/horizontalpodautoscalers",
    "PodDisruptionBudget": "/apis/policy/v1/poddisruptionbudgets",
    "ServiceMonitor": "/apis/monitoring.coreos.com/v1/servicemonitors",
    "HTTPRoute": "/apis/gateway.networking.k8s.io/v1/httproutes",
    "Ingress": "/apis/networking.k8s.io/v1/ingresses",
}
NOT_FOUND = 404


class Cluster:
    """Reads the API server directly, never through the proxy."""

    def __init__(self, kubeconfig: str) -> None:
        config = yaml.safe_load(Path(kubeconfig).read_text())
        cluster = config["clusters"][0]["cluster"]
        self.server = cluster["server"]
        self.token = config["users"][0]["user"]["token"]
        authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
        self.tls = ssl.create_default_context(cadata=authority)

    def everything(self) -> dict[str, Thing]:
        """All objects of the kinds that the portal could write, by key."""
        found = {}
        for kind, path in (LISTS | DEPLOYED).items():
            for thing in self._items(kind, path):
                thing["kind"] = kind
                found[key_of(thing)] = thing
        return found

    def _items(self, kind: str, path: str) -> list[Thing]:
        try:
            return list(self.get(path)["items"])
        except urllib.error.HTTPError as error:
            if error.code != NOT_FOUND or kind not in DEPLOYED:
                raise
            return []

    def get(self, path: str) -> Thing:
        """One GET."""
        asked = urllib.request.Request(self.server + path, headers={"Authorization": f"Bearer {self.token}"})  # noqa: S310
        with urllib.request.urlopen(asked, timeout=10, context=self.tls) as answer:  # noqa: S310
            found: Thing = json.load(answer)
        return found


def key_of(thing: Thing) -> str:
    """namespace/Kind/name."""
    metadata = thing["metadata"]
    return f"{metadata.get('namespace', '')}/{thing['kind']}/{metadata['name']}"


def claim_of(thing: Thing) -> str | None:
    """The claim annotation."""
    return (thing["metadata"].get("annotations") or {}).get(CLAIM)


def version_of(thing: Thing) -> str:
    """Its resource version."""
    return str(thing["metadata"]["resourceVersion"])
