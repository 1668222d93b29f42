"""Makes the cluster ask the simulator for metrics: a service without selector, its endpoints, and the APIServices."""

import base64
import logging

from sandbox.client.calls import ApiError, Client, Object
from sandbox.node_api import external_metrics, metrics
from sandbox.nodes.pools import SIMULATED

log = logging.getLogger(__name__)
NAMESPACE, NAME = "kube-system", "sandbox-metrics"
SERVICE_HOST = f"{NAME}.{NAMESPACE}.svc"
API_SERVICES = "/apis/apiregistration.k8s.io/v1/apiservices"
PORT = 443
MERGE = "application/merge-patch+json"


async def register(client: Client, address: str, port: int, ca: bytes) -> None:
    """Write all of it; an APIService that somebody else has registered is left alone. Raises ApiError."""
    ports: list[Object] = [{"name": "https", "port": PORT, "targetPort": port, "protocol": "TCP"}]
    subsets = [{"addresses": [{"ip": address}], "ports": [{"name": "https", "port": port, "protocol": "TCP"}]}]
    await _write(client, f"/api/v1/namespaces/{NAMESPACE}/services", "v1", "Service", NAME, {"spec": {"ports": ports}})
    await _write(client, f"/api/v1/namespaces/{NAMESPACE}/endpoints", "v1", "Endpoints", NAME, {"subsets": subsets})
    for name, group_version in _wanted():
        if await _is_taken(client, name):
            log.warning("somebody else serves %s: its metrics of simulated nodes will be missing", group_version)
            continue
        await _write(client, API_SERVICES, "apiregistration.k8s.io/v1", "APIService", name, _api_service(group_version, ca))


async def unregister(client: Client) -> None:
    """Take the APIServices back: one that nobody answers for makes discovery fail. Raises ApiError."""
    for name, _ in _wanted():
        if not await _is_taken(client, name):
            try:
                await client.call("DELETE", f"{API_SERVICES}/{name}", seconds=2)
            except ApiError as error:
                if error.code != 404:
                    raise


def _wanted() -> list[tuple[str, str]]:
    versions = (metrics.VERSION, external_metrics.VERSION)
    return [(f"{version}.{group}", each) for each in versions for group, _, version in [each.partition("/")]]


def _api_service(group_version: str, ca: bytes) -> Object:
    group, _, version = group_version.partition("/")
    service = {"namespace": NAMESPACE, "name": NAME, "port": PORT}
    spec = {"group": group, "version": version, "service": service, "caBundle": base64.b64encode(ca).decode()}
    return {"spec": {**spec, "groupPriorityMinimum": 100, "versionPriority": 100}}


async def _is_taken(client: Client, name: str) -> bool:
    try:
        found = await client.call("GET", f"{API_SERVICES}/{name}", seconds=2)
    except ApiError as error:
        if error.code == 404:
            return False
        raise
    return SIMULATED not in (found["metadata"].get("labels") or {})


async def _write(client: Client, path: str, api_version: str, kind: str, name: str, content: Object) -> None:
    """Create, or change what is there. No apply: a kube-apiserver of 1.20 panics on one of an APIService."""
    body = {"apiVersion": api_version, "kind": kind, "metadata": {"name": name, "labels": {SIMULATED: "true"}}, **content}
    try:
        await client.call("POST", path, body)
    except ApiError as error:
        if error.code != 409:
            raise
        await client.call("PATCH", f"{path}/{name}", body, content_type=MERGE)
