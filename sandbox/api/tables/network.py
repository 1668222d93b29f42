"""Tables of Services, their endpoints, Ingresses and NetworkPolicies."""

from datetime import datetime
from typing import Any

from sandbox.api.tables.ages import age, or_none
from sandbox.api.tables.columns import Printer, columns
from sandbox.api.tables.texts import labels_text, selector_text, shortened
from sandbox.kinds.rules import Object


def _service(value: Object, now: datetime) -> list[Any]:
    spec = value["spec"]
    addresses = spec.get("clusterIPs") or [spec.get("clusterIP")]
    ports = ",".join(_port(each) for each in spec.get("ports") or [])
    row = [value["metadata"]["name"], spec.get("type", "ClusterIP"), or_none(addresses[0]), _external(value, spec), or_none(ports)]
    return [*row, age(value, now), labels_text(spec.get("selector"))]


def _port(port: Object) -> str:
    node = f":{port['nodePort']}" if port.get("nodePort") else ""
    return f"{port['port']}{node}/{port.get('protocol', 'TCP')}"


def _external(value: Object, spec: Object) -> str:
    if spec.get("type") == "ExternalName":
        return str(spec.get("externalName", ""))
    own = spec.get("externalIPs") or []
    if spec.get("type") != "LoadBalancer":
        return ",".join(own) or "<none>"
    return ",".join([*_balancer(value), *own]) or "<pending>"


def _balancer(value: Object) -> list[str]:
    points = ((value.get("status") or {}).get("loadBalancer") or {}).get("ingress") or []
    return [each.get("ip") or each.get("hostname", "") for each in points]


def _endpoints(value: Object, now: datetime) -> list[Any]:
    found = [
        f"{address['ip']}:{port['port']}"
        for subset in value.get("subsets") or []
        for port in subset.get("ports") or []
        for address in subset.get("addresses") or []
    ]
    return [value["metadata"]["name"], shortened(found), age(value, now)]


def _slice(value: Object, now: datetime) -> list[Any]:
    ports = [str(each.get("port", "*")) for each in value.get("ports") or []]
    found = [address for each in value.get("endpoints") or [] for address in each.get("addresses") or []]
    name = value["metadata"]["name"]
    return [name, value.get("addressType", ""), shortened(ports, "<unset>"), shortened(found, "<unset>"), age(value, now)]


def _policy(value: Object, now: datetime) -> list[Any]:
    return [value["metadata"]["name"], selector_text((value.get("spec") or {}).get("podSelector")), age(value, now)]


def _ingress(value: Object, now: datetime) -> list[Any]:
    spec = value.get("spec") or {}
    hosts = [each["host"] for each in spec.get("rules") or [] if each.get("host")]
    kind = or_none(spec.get("ingressClassName"))
    ports = "80, 443" if spec.get("tls") else "80"
    return [value["metadata"]["name"], kind, shortened(hosts, "*"), ",".join(_balancer(value)), ports, age(value, now)]


def _ingress_class(value: Object, now: datetime) -> list[Any]:
    spec = value.get("spec") or {}
    parameters = spec.get("parameters")
    shown = "<none>"
    if parameters:
        group = f".{parameters['apiGroup']}" if parameters.get("apiGroup") else ""
        shown = f"{parameters['kind']}{group}/{parameters['name']}"
    return [value["metadata"]["name"], spec.get("controller", ""), shown, age(value, now)]


SERVICE = Printer(columns("Name, Type, Cluster-IP, External-IP, Port(s), Age, Selector+"), _service)
ENDPOINTS = Printer(columns("Name, Endpoints, Age"), _endpoints)
ENDPOINT_SLICE = Printer(columns("Name, AddressType, Ports, Endpoints, Age"), _slice)
NETWORK_POLICY = Printer(columns("Name, Pod-Selector, Age"), _policy)
INGRESS = Printer(columns("Name, Class, Hosts, Address, Ports, Age"), _ingress)
INGRESS_CLASS = Printer(columns("Name, Controller, Parameters, Age"), _ingress_class)
