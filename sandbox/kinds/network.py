"""Service, NetworkPolicy and Ingress: defaults and checks. No traffic flows here."""

import ipaddress
from typing import Any

from sandbox.kinds.errors import Cause, bad_value, required, unsupported
from sandbox.kinds.label_selector import check_label_selector
from sandbox.kinds.names import is_dns1035, is_port
from sandbox.kinds.rules import Object, Rules

AFFINITY_SECONDS, LONGEST_AFFINITY = 10_800, 86_400
AFFINITIES = ("ClientIP", "None")
SERVICE_TYPES = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
POLICY_TYPES = ("Ingress", "Egress")
POLICY_PROTOCOLS = ("TCP", "UDP", "SCTP")
NO_CIDR = "not a valid CIDR"
PROTOCOLS = ("SCTP", "TCP", "UDP")


def _default_service(service: Object) -> None:
    spec = service.setdefault("spec", {})
    for key, value in (("type", "ClusterIP"), ("sessionAffinity", "None")):
        spec.setdefault(key, value)
    if spec["type"] in ("ClusterIP", "NodePort", "LoadBalancer"):
        spec.setdefault("internalTrafficPolicy", "Cluster")
    if spec["sessionAffinity"] == "None":
        spec.pop("sessionAffinityConfig", None)
    elif spec["sessionAffinity"] == "ClientIP":
        config = spec["sessionAffinityConfig"] = spec.get("sessionAffinityConfig") or {}
        config["clientIP"] = {"timeoutSeconds": AFFINITY_SECONDS, **(config.get("clientIP") or {})}
    for port in spec.get("ports") or []:
        port.setdefault("protocol", "TCP")
        port["targetPort"] = port.get("targetPort") or port.get("port", 0)
    if is_reached_from_outside(spec):
        spec.setdefault("externalTrafficPolicy", "Cluster")
    if spec["type"] == "LoadBalancer":
        spec.setdefault("allocateLoadBalancerNodePorts", True)


def is_reached_from_outside(spec: Object) -> bool:
    """Whether a policy for traffic from outside means anything for this Service."""
    return spec["type"] in ("NodePort", "LoadBalancer") or (spec["type"] == "ClusterIP" and bool(spec.get("externalIPs")))


def _validate_service(service: Object) -> list[Cause]:
    spec = service["spec"]
    causes = [] if spec["type"] in SERVICE_TYPES else [unsupported("spec.type", spec["type"], SERVICE_TYPES)]
    ports = spec.get("ports") or []
    if not ports and spec["type"] != "ExternalName" and spec.get("clusterIP") != "None":
        causes.append(required("spec.ports"))
    if spec["type"] == "ExternalName" and not spec.get("externalName"):
        causes.append(required("spec.externalName"))
    names: set[str] = set()
    for index, port in enumerate(ports):
        if port.get("name") in names:
            causes.append(Cause(f"spec.ports[{index}].name", f'Duplicate value: "{port["name"]}"', "FieldValueDuplicate"))
        names |= {port["name"]} if port.get("name") else set()
        field = f"spec.ports[{index}]"
        if not 0 < port.get("port", 0) < 65536:
            causes.append(bad_value(f"{field}.port", port.get("port", 0), "must be between 1 and 65535, inclusive"))
        if len(ports) > 1 and not port.get("name"):
            causes.append(required(f"{field}.name"))
        if port.get("protocol") not in PROTOCOLS:
            causes.append(unsupported(f"{field}.protocol", port.get("protocol"), PROTOCOLS))
    return causes + _affinity(spec)


def _affinity(spec: Object) -> list[Cause]:
    if spec["sessionAffinity"] not in AFFINITIES:
        return [unsupported("spec.sessionAffinity", spec["sessionAffinity"], AFFINITIES)]
    seconds = ((spec.get("sessionAffinityConfig") or {}).get("clientIP") or {}).get("timeoutSeconds", 1)
    if spec["sessionAffinity"] == "ClientIP" and not 0 < seconds <= LONGEST_AFFINITY:
        field = "spec.sessionAffinityConfig.clientIP.timeoutSeconds"
        return [bad_value(field, seconds, f"must be greater than 0 and less than {LONGEST_AFFINITY}")]
    return []


def _service_update(new: Object, old: Object) -> list[Cause]:
    before, after = old["spec"].get("clusterIP"), new["spec"].get("clusterIP")
    if before and after and after != before and new["spec"]["type"] != "ExternalName":
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
    causes = check_label_selector(policy["spec"]["podSelector"], "spec.podSelector")
    for direction, side in (("ingress", "from"), ("egress", "to")):
        for index, rule in enumerate(policy["spec"].get(direction) or []):
            causes += _rule(rule, side, f"spec.{direction}[{index}]")
    return causes + _policy_types(policy["spec"].get("policyTypes") or [])


def _policy_types(types: list[str]) -> list[Cause]:
    if len(types) > len(POLICY_TYPES):
        told = ", ".join(f'"{each}"' for each in types)
        why = "may not specify more than two policyTypes"
        return [Cause("spec.policyTypes", f"Invalid value: []networking.PolicyType{{{told}}}: {why}")]
    return [unsupported(f"spec.policyTypes[{index}]", each, POLICY_TYPES) for index, each in enumerate(types) if each not in POLICY_TYPES]


def _rule(rule: dict[str, Any], side: str, field: str) -> list[Cause]:
    causes: list[Cause] = []
    for index, port in enumerate(rule.get("ports") or []):
        if port.get("protocol") not in POLICY_PROTOCOLS:
            causes.append(unsupported(f"{field}.ports[{index}].protocol", port.get("protocol"), POLICY_PROTOCOLS))
        if "port" in port:
            causes += [bad_value(f"{field}.ports[{index}].port", port["port"], why) for why in is_port(port["port"])]
    for index, peer in enumerate(rule.get(side) or []):
        causes += _peer(peer, f"{field}.{side}[{index}]")
    return causes


def _peer(peer: dict[str, Any], field: str) -> list[Cause]:
    if not peer:
        return [required(field, "must specify a peer")]
    causes = [cause for key in ("podSelector", "namespaceSelector") for cause in check_label_selector(peer.get(key), f"{field}.{key}")]
    if "ipBlock" not in peer:
        return causes
    causes += _block(peer["ipBlock"], f"{field}.ipBlock")
    if len(peer) > 1:
        causes.append(Cause(field, "Forbidden: may not specify both ipBlock and another peer", "FieldValueForbidden"))
    return causes


def _block(block: dict[str, Any], field: str) -> list[Cause]:
    if not block.get("cidr"):
        return [required(f"{field}.cidr")]
    try:
        network = ipaddress.ip_network(block["cidr"], strict=False)
    except ValueError:
        return [bad_value(f"{field}.cidr", block["cidr"], NO_CIDR)]
    excepted = enumerate(block.get("except") or [])
    return [cause for index, each in excepted for cause in _except(each, network, f"{field}.except[{index}]")]


def _except(text: str, network: ipaddress.IPv4Network | ipaddress.IPv6Network, field: str) -> list[Cause]:
    try:
        inner = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return [bad_value(field, text, NO_CIDR)]
    inside = inner.version == network.version and inner.subnet_of(network) and inner != network  # type: ignore[arg-type]
    return [] if inside else [bad_value(field, text, "must be a strict subset of `cidr`")]


SERVICE = Rules(
    _default_service,
    _validate_service,
    _service_update,
    check_name=is_dns1035,
    initial_status=lambda service: {"loadBalancer": {}},
    looks_at_changes_first=True,
)
NETWORK_POLICY = Rules(_default_policy, _validate_policy)
