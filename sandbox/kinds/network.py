"""NetworkPolicy: defaults and checks. No traffic flows here."""

import ipaddress
from typing import Any

from sandbox.kinds.errors import Cause, bad_value, required, unsupported
from sandbox.kinds.label_selector import check_label_selector
from sandbox.kinds.names import is_port
from sandbox.kinds.rules import Object, Rules

POLICY_TYPES = ("Ingress", "Egress")
POLICY_PROTOCOLS = ("TCP", "UDP", "SCTP")
NO_CIDR = "not a valid CIDR"


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


NETWORK_POLICY = Rules(_default_policy, _validate_policy)
