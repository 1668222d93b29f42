"""Which address stands behind a service: a ready endpoint of its EndpointSlices or, without those, of its Endpoints."""

import json
import random
from collections.abc import Iterator
from typing import Any, NamedTuple

from sandbox.api.cluster import Cluster
from sandbox.kinds.errors import StatusError, not_found
from sandbox.kinds.table import kind_named

Object = dict[str, Any]
SERVICE_NAME = "kubernetes.io/service-name"
# A pod that is a local process listens on other ports than those that it declares.
PORTS = "sandbox.slipway.dev/ports"


class Endpoint(NamedTuple):
    """`address:port`, and whether a pod of the namespace has this address."""

    dialed: str
    is_pod: bool


def service_address(cluster: Cluster, namespace: str, name: str, port: str, asked: str) -> str:
    """`address:port` of one of them; `port` is a port's name, its number, or empty for the one without a name. Raises 404, 503."""
    stored = cluster.store.get(kind_named("Service"), namespace, name)
    if stored is None:
        raise not_found(kind_named("Service"), name)
    port_name = _port_name(stored.value, port)
    # As on a real server, only pods can be reached so: an address that somebody wrote down is not asked.
    found = [each.dialed for each in endpoints_of(cluster, namespace, name, port_name) if each.is_pod]
    if not found:
        raise StatusError(503, "ServiceUnavailable", f'no endpoints available for service "{asked}"')
    return random.choice(found)  # noqa: S311  any of them will do


def endpoints_of(cluster: Cluster, namespace: str, name: str, port_name: str) -> list[Endpoint]:
    """Every ready endpoint that has a port of this name."""
    slices = [each.value for each in cluster.store.items(kind_named("EndpointSlice"), namespace) if each.labels.get(SERVICE_NAME) == name]
    if slices:
        return [address for each in slices for address in _of_slice(cluster, namespace, each, port_name)]
    stored = cluster.store.get(kind_named("Endpoints"), namespace, name)
    subsets = stored.value.get("subsets") or [] if stored else []
    return [address for each in subsets for address in _of_subset(cluster, namespace, each, port_name)]


def real_port(pod: Object, port: str) -> str:
    """The port on which a pod listens that declares this one."""
    noted = (pod["metadata"].get("annotations") or {}).get(PORTS)
    try:
        return str(json.loads(noted).get(port, port)) if noted else port
    except (ValueError, AttributeError):
        return port


def _port_name(service: Object, port: str) -> str:
    if not port.isdigit():
        return port
    for each in service["spec"].get("ports") or []:
        if each["port"] == int(port):
            return str(each.get("name") or "")
    text = f'no service port {port} found for service "{service["metadata"]["name"]}"'
    raise StatusError(503, "ServiceUnavailable", text)


def _of_slice(cluster: Cluster, namespace: str, found: Object, port_name: str) -> Iterator[Endpoint]:
    ports = [each["port"] for each in found.get("ports") or [] if (each.get("name") or "") == port_name and each.get("port")]
    for endpoint in found.get("endpoints") or []:
        if (endpoint.get("conditions") or {}).get("ready") is not False:
            for address in endpoint["addresses"]:
                yield from [_address(cluster, namespace, endpoint, address, port) for port in ports]


def _of_subset(cluster: Cluster, namespace: str, subset: Object, port_name: str) -> Iterator[Endpoint]:
    ports = [each["port"] for each in subset.get("ports") or [] if (each.get("name") or "") == port_name]
    for address in subset.get("addresses") or []:
        yield from [_address(cluster, namespace, address, address["ip"], port) for port in ports]


def _address(cluster: Cluster, namespace: str, endpoint: Object, address: str, port: int) -> Endpoint:
    target = endpoint.get("targetRef") or {}
    is_ours = target.get("kind") == "Pod" and target.get("namespace", namespace) == namespace
    pod = cluster.store.get(kind_named("Pod"), namespace, target.get("name", "")) if is_ours else None
    is_pod = pod is not None and (pod.value.get("status") or {}).get("podIP") == address
    return Endpoint(f"{address}:{port}", is_pod)
