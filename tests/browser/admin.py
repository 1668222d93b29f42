"""Somebody with the cluster's admin kubeconfig, past the portal."""

import base64
from pathlib import Path

import yaml

from tests.contract.client import STRATEGIC, Answer, Api
from tests.contract.objects import Object, pod, restricted


class ClusterAdmin:
    """Does by hand what people do with kubectl."""

    def __init__(self, kubeconfig: Path) -> None:
        config = yaml.safe_load(kubeconfig.read_text())
        place = config["clusters"][0]["cluster"]
        authority = base64.b64decode(place["certificate-authority-data"])
        self.api = Api(place["server"], authority, config["users"][0]["user"]["token"])

    def start_pod(self, namespace: str, name: str, *, stop_seconds: float = 0.2, **spec: object) -> None:
        """A pod of one container that asks for little, and takes `stop_seconds` to end."""
        amounts = {"cpu": "100m", "memory": "64Mi"}
        wanted = restricted(pod(name, requests=amounts, limits=amounts, **spec))
        wanted["metadata"]["annotations"] = {"sandbox.slipway.dev/stop-seconds": str(stop_seconds)}
        made = self.api.post(f"/api/v1/namespaces/{namespace}/pods", wanted)
        assert made.code == 201, made

    def end_pod(self, namespace: str, name: str) -> None:
        """kubectl delete pod."""
        assert self.api.delete(f"/api/v1/namespaces/{namespace}/pods/{name}").code in (200, 202)

    def label_first_node(self, key: str, value: str | None) -> None:
        """kubectl label node; None takes the label away."""
        node = self.api.get("/api/v1/nodes").body["items"][0]["metadata"]["name"]
        assert self._patch(f"/api/v1/nodes/{node}", {"metadata": {"labels": {key: value}}}, "kubectl-label").code == 200

    def quota(self, namespace: str) -> Object:
        """The hard part of its ResourceQuota."""
        path = f"/api/v1/namespaces/{namespace}/resourcequotas/slipway-quota"
        hard: Object = self.api.get(path).body["spec"]["hard"]
        return hard

    def edit_quota(self, namespace: str, manager: str, **hard: str) -> None:
        """kubectl edit, under the name of this field manager."""
        path = f"/api/v1/namespaces/{namespace}/resourcequotas/slipway-quota"
        assert self._patch(path, {"spec": {"hard": hard}}, manager).code == 200

    def has_namespace(self, name: str) -> bool:
        """Whether it is there."""
        return self.api.get(f"/api/v1/namespaces/{name}").code == 200

    def _patch(self, path: str, body: Object, manager: str) -> Answer:
        return self.api.patch(path, body, STRATEGIC, fieldManager=manager)
