"""Service, NetworkPolicy and Ingress: defaults and checks. No traffic flows here."""

import ipaddress
from typing import Any

from sandbox.kinds.errors import Cause, bad_value, required, unsupported
from sandbox.kinds.names import is_dns1035
from sandbox.kinds.rules import Object, Rules

SERVICE_TYPES = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
POLICY_TYPES = ("Egress", "Ingress")
PROTOCOLS = ("SCTP", "TCP", "UDP")


def _default_service(service: Object) -> None:
    spec = service.setdefault("spec", {})
    for key, value in (("type", "ClusterIP"), ("sessionAffinity", "None"), ("internalTrafficPolicy", "Cluster")):
        spec.setdefault(key, value)
    for port in spec.get("ports") or []:
        port.setdefault("protocol", "TCP")
        port.setdefault("targetPort", port.get("port"))
    if spec["type"] in ("NodePort", "LoadBalancer"):
        spec.setdefault("externalTrafficPolicy", "Cluster")
    if spec["type"] == "LoadBalancer":
        spec.setdefault("allocateLoadBalancerNodePorts", True)


def _validate_service(service: Object) -> list[Cause]:
    spec = service["spec"]
    causes = [] if spec["type"] in SERVICE_TYPES else [unsupported("spec.type", spec["type"], SERVICE_TYPES)]
    ports = spec.get("ports") or []
    if not ports and spec["type"] != "ExternalName" and spec.get("clusterIP") != "None":
        causes.append(required("spec.ports"))
    for index, port in enumerate(ports):
        field = f"spec.ports[{index}]"
        if not 0 < port.get("port", 0) < 65536:
            causes.append(bad_value(f"{field}.port", port.get("port", 0), "must be between 1 and 65535, inclusive"))
        if len(ports) > 1 and not port.get("name"):
            causes.append(required(f"{field}.name"))
    return causes


def _service_update(new: Object, old: Object) -> list[Cause]:
    before, after = old["spec"].get("clusterIP"), new["spec"].get("clusterIP")
    if before and after != before and new["spec"]["type"] != "ExternalName":
        return [bad_value("spec.clusterIPs[0]", after or "", "may not change once set")]
    return []


def _default_policy(policy: Object) -> None:
    spec = policy.setdefault("spec", {})
    spec.setdefault("podSelector", {})
    spec.setdefault("policyTypes", ["Ingress", *(["Egress"] if spec.get("egress") else [])])
    for rule in [*(spec.get("ingress") or []), *(spec.get("egress") or [])]:
        for port in rule.get("ports") or []:
            port.setdefault("protocol", "TCP")


def _validate_policy(policy: Object) -> list[Cause]:
    causes: list[Cause] = []
    for direction, side in (("ingress", "from"), ("egress", "to")):
        for index, rule in enumerate(policy["spec"].get(direction) or []):
            causes += _rule(rule, side, f"spec.{direction}[{index}]")
    for index, each in enumerate(policy["spec"].get("policyTypes") or []):
        if each not in POLICY_TYPES:
            causes.append(unsupported(f"spec.policyTypes[{index}]", each, POLICY_TYPES))
    return causes


def _rule(rule: dict[str, Any], side: str, field: str) -> list[Cause]:
    causes: list[Cause] = []
    for index, port in enumerate(rule.get("ports") or []):
        if port.get("protocol") not in PROTOCOLS:
            causes.append(unsupported(f"{field}.ports[{index}].protocol", port.get("protocol"), PROTOCOLS))
    for index, peer in enumerate(rule.get(side) or []):
        causes += _peer(peer, f"{field}.{side}[{index}]")
    return causes


def _peer(peer: dict[str, Any], field: str) -> list[Cause]:
    if not peer:
        return [required(field, "must specify a peer")]
    if "ipBlock" not in peer:
        return []
    block = peer["ipBlock"]
    if len(peer) > 1:
        return [Cause(field, "Forbidden: may not specify both ipBlock and another peer", "FieldValueForbidden")]
    try:
        network = ipaddress.ip_network(block.get("cidr", ""))
    except ValueError:
        return [
            bad_value(f"{field}.ipBlock.cidr", block.get("cidr", ""), "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)")
        ]
    return [
        cause
        for index, each in enumerate(block.get("except") or [])
        for cause in _except(each, network, f"{field}.ipBlock.except[{index}]")
    ]


def _except(text: str, network: ipaddress.IPv4Network | ipaddress.IPv6Network, field: str) -> list[Cause]:
    try:
        inner = ipaddress.ip_network(text)
    except ValueError:
        return [bad_value(field, text, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)")]
    inside = inner.version == network.version and inner.subnet_of(network) and inner != network  # type: ignore[arg-type]
    return [] if inside else [bad_value(field, text, "must be a strict subset of `cidr`")]


SERVICE = Rules(
    _default_service, _validate_service, _service_update, check_name=is_dns1035, initial_status=lambda service: {"loadBalancer": {}}
)
NETWORK_POLICY = Rules(_default_policy, _validate_policy)
