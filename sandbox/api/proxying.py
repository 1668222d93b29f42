"""The proxy subresources of pods, services and nodes: from the name on the path to the address that is asked."""

import ipaddress
from urllib.parse import quote, urlencode

from sandbox.api.cluster import Cluster
from sandbox.api.endpoints import real_port, service_address
from sandbox.api.nodes import kubelet_port, node_host, node_named
from sandbox.api.outgoing import Outgoing, Trust, passed_on
from sandbox.api.request import Request, Response, Target
from sandbox.kinds.errors import bad_request, not_found
from sandbox.kinds.table import Kind

UNQUOTED = "/:@!$&'()*+,;=~-._"
Place = tuple[str, str, Trust]


def proxy(cluster: Cluster, request: Request, target: Target, kind: Kind) -> Response | Outgoing:
    """What to ask of the pod, service or node; a path that ends with `proxy` sends the client to the one with a slash."""
    head = f"/{target.plural}/{target.name}/proxy"
    path, query = request.path[request.path.index(head) + len(head) :], urlencode(request.query, doseq=True)
    suffix = f"?{query}" if query else ""
    if not path and request.method in ("GET", "HEAD"):
        return Response(301, b"", "text/plain", {"location": f"{quote(request.path, safe=UNQUOTED)}/{suffix}"})
    scheme, address, trust = _place(cluster, target, kind)
    url = f"{scheme}://{address}{quote(path or '/', safe=UNQUOTED)}{suffix}"
    return Outgoing(request.method, url, passed_on(request.headers), request.body, trust)


def _place(cluster: Cluster, target: Target, kind: Kind) -> Place:
    """Scheme, address and trust of what `[scheme:]name[:port]` names."""
    singular = target.plural.removesuffix("s")
    parts = target.name.split(":")
    scheme, name, port = ("", *parts, "")[:3] if len(parts) < 3 else parts[:3]
    if len(parts) > 3 or scheme not in ("", "http", "https") or not name:
        raise bad_request(f'invalid {singular} request "{target.name}"')
    if singular == "node":
        return _node(cluster, scheme, name, port)
    if singular == "service":
        return scheme or "http", service_address(cluster, target.namespace, name, port, target.name), Trust()
    return scheme or "http", _pod(cluster, target.namespace, name, port, kind), Trust()


def _node(cluster: Cluster, scheme: str, name: str, port: str) -> Place:
    node = node_named(cluster, name)
    host, own = node_host(node), str(kubelet_port(node))
    if port in ("", own):
        return "https", f"{host}:{own}", cluster.outside.kubelet
    check_address(host)
    return scheme or "http", f"{host}:{port}", Trust()


def _pod(cluster: Cluster, namespace: str, name: str, port: str, kind: Kind) -> str:
    stored = cluster.store.get(kind, namespace, name)
    if stored is None:
        raise not_found(kind, name)
    address = (stored.value.get("status") or {}).get("podIP") or ""
    check_address(address)
    declared = [each["containerPort"] for container in stored.value["spec"]["containers"] for each in container.get("ports") or []]
    wanted = port or (str(declared[0]) if declared else "")
    return f"{address}:{real_port(stored.value, wanted)}" if wanted else address


def check_address(address: str) -> None:
    """Raise 400 unless it is an address that pods or nodes of a real cluster could have."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError as error:
        raise bad_request("address not allowed") from error
    if parsed.is_loopback or parsed.is_link_local or parsed.is_multicast or parsed.is_unspecified:
        raise bad_request("address not allowed")
