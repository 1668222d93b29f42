"""Where the kubelet of a node listens."""

from typing import Any

from sandbox.api.cluster import Cluster
from sandbox.kinds.errors import StatusError, not_found
from sandbox.kinds.table import kind_named

DEFAULT_PORT = 10250
PREFERRED = ("InternalIP", "ExternalIP")


def kubelet_address(cluster: Cluster, name: str) -> str:
    """`host:port`; raises 404 for a node that is not there, 500 for one without an address."""
    node = node_named(cluster, name)
    return f"{node_host(node)}:{kubelet_port(node)}"


def node_named(cluster: Cluster, name: str) -> dict[str, Any]:
    """The node, or 404."""
    kind = kind_named("Node")
    stored = cluster.store.get(kind, "", name)
    if stored is None:
        raise not_found(kind, name)
    return stored.value


def node_host(node: dict[str, Any]) -> str:
    """Its address as the API server dials it."""
    addresses = {each["type"]: each["address"] for each in (node.get("status") or {}).get("addresses") or []}
    host = next((addresses[kind] for kind in PREFERRED if kind in addresses), None)
    if host is None:
        raise StatusError(500, "", f"no preferred addresses found; known addresses: {list(addresses.items())}")
    return str(host)


def kubelet_port(node: dict[str, Any]) -> int:
    """The port that it announces."""
    endpoints = (node.get("status") or {}).get("daemonEndpoints") or {}
    return int((endpoints.get("kubeletEndpoint") or {}).get("Port") or DEFAULT_PORT)
