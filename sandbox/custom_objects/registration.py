"""Makes the real API server send requests for custom objects here."""

import base64
from collections.abc import Iterator

from sandbox.client.calls import ApiError, Client, Object

NAMESPACE, NAME = "kube-system", "sandbox-custom-objects"
SERVICE_HOST = f"{NAME}.{NAMESPACE}.svc"
OURS = "sandbox.slipway.dev/custom-objects"
AUTOMANAGED = "kube-aggregator.kubernetes.io/automanaged"
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
API_SERVICES = "/apis/apiregistration.k8s.io/v1/apiservices"
MERGE = "application/merge-patch+json"
PORT = 443


class Registration:
    """What stands in the real cluster for one front at `address`:`port`, which shows a certificate of `ca`."""

    def __init__(self, client: Client, address: str, port: int, ca: bytes) -> None:
        self._client, self._address, self._port = client, address, port
        self._ca = base64.b64encode(ca).decode()

    async def register(self) -> None:
        """Write the service and its endpoints; raises ApiError and what the client raises."""
        ports = [{"name": "https", "port": PORT, "targetPort": self._port, "protocol": "TCP"}]
        subsets = [{"addresses": [{"ip": self._address}], "ports": [{"name": "https", "port": self._port, "protocol": "TCP"}]}]
        spaced = f"/api/v1/namespaces/{NAMESPACE}"
        await self._write(f"{spaced}/services", "v1", "Service", NAME, {"spec": {"ports": ports}})
        await self._write(f"{spaced}/endpoints", "v1", "Endpoints", NAME, {"subsets": subsets})

    async def take(self, group: str, version: str) -> None:
        """Have a group and version served here, whether the server has registered it for itself already or not."""
        service = {"namespace": NAMESPACE, "name": NAME, "port": PORT}
        spec = {"group": group, "version": version, "service": service, "caBundle": self._ca}
        content = {"spec": {**spec, "groupPriorityMinimum": 1000, "versionPriority": 100}}
        await self._write(API_SERVICES, "apiregistration.k8s.io/v1", "APIService", f"{version}.{group}", content)

    async def give_back(self, group: str, version: str) -> None:
        """Take the registration of a version away that nobody defines any more."""
        try:
            await self._client.call("DELETE", f"{API_SERVICES}/{version}.{group}")
        except ApiError as error:
            if error.code != 404:
                raise

    async def taken(self) -> set[tuple[str, str]]:
        """The groups and versions that are registered for a front like this one."""
        found = await self._client.call("GET", f"{API_SERVICES}?labelSelector={OURS}%3Dtrue")
        return {(each["spec"]["group"], each["spec"]["version"]) for each in found["items"]}

    async def _write(self, path: str, api_version: str, kind: str, name: str, content: Object) -> None:
        """Create, or change what is there. No apply: this server panics on some of them."""
        body: Object = {"apiVersion": api_version, "kind": kind, "metadata": {"name": name, "labels": {OURS: "true"}}, **content}
        try:
            await self._client.call("POST", path, body)
        except ApiError as error:
            if error.code != 409:
                raise
            body["metadata"]["labels"] = {OURS: "true", AUTOMANAGED: None}
            await self._client.call("PATCH", f"{path}/{name}", body, content_type=MERGE)


def served_versions(definition: Object) -> Iterator[tuple[str, str]]:
    """The groups and versions that a definition has served."""
    spec = definition["spec"]
    yield from ((spec["group"], each["name"]) for each in spec["versions"] if each.get("served"))
