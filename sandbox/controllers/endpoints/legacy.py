"""The older Endpoints of a Service: one object of its name with every address; pure functions."""

from typing import Any

from sandbox.controllers.endpoints.backends import Backend, by_ports
from sandbox.controllers.endpoints.slices import HEADLESS

Object = dict[str, Any]
MANAGED_BY = "endpoints.kubernetes.io/managed-by"
MANAGER = "endpoint-controller"


def endpoints(service: Object, found: list[Backend]) -> Object:
    """The object as it should be, without what the server adds."""
    own = {key: value for key, value in (service["metadata"].get("labels") or {}).items() if key != HEADLESS}
    labels = own | ({HEADLESS: ""} if service["spec"].get("clusterIP") == "None" else {}) | {MANAGED_BY: MANAGER}
    metadata = {"name": service["metadata"]["name"], "namespace": service["metadata"]["namespace"], "labels": labels}
    shown = {"apiVersion": "v1", "kind": "Endpoints", "metadata": metadata}
    subsets = _subsets(service, found)
    return shown | ({"subsets": subsets} if subsets else {})


def is_same(wanted: Object, present: Object) -> bool:
    """Whether the object that is there says what is wanted."""
    labels = present["metadata"].get("labels") or {}
    return bool(wanted["metadata"]["labels"] == labels and (wanted.get("subsets") or []) == (present.get("subsets") or []))


def _subsets(service: Object, found: list[Backend]) -> list[Object]:
    tolerates = bool(service["spec"].get("publishNotReadyAddresses"))
    shown = [backend for backend in found if tolerates or not backend.terminating]
    subsets = []
    for ports, backends in by_ports(shown):
        if not ports and service["spec"].get("ports"):
            continue
        ready = [_address(service, each) for each in backends if each.serving or tolerates]
        waiting = [_address(service, each) for each in backends if not (each.serving or tolerates)]
        parts = {"addresses": ready, "notReadyAddresses": waiting, "ports": [_port(port) for port in ports]}
        subsets.append({key: value for key, value in parts.items() if value})
    return subsets


def _port(port: Object) -> Object:
    return {key: value for key, value in port.items() if value != ""}


def _address(service: Object, backend: Backend) -> Object:
    hostname = backend.hostname(service)
    address: Object = {"ip": backend.address, "targetRef": backend.reference}
    address |= {"nodeName": backend.pod["spec"]["nodeName"]} if backend.pod["spec"].get("nodeName") else {}
    return address | ({"hostname": hostname} if hostname else {})
