"""What NetworkPolicies let through, judged from their text: an own reading of the API's documentation, not of our renderer.

Traffic flows when neither side's policies refuse it. A side is open until a policy selects the pod for that direction; then only what
some rule names may pass.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Any

Manifest = Mapping[str, Any]


@dataclass(frozen=True)
class Peer:
    """A pod (with `namespace`) or a bare address outside of the cluster (with none). `ports` are the names of its container ports."""

    address: str
    namespace: str = ""
    namespace_labels: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    ports: Mapping[str, int] = field(default_factory=dict)


def flows(policies: Iterable[Manifest], source: Peer, target: Peer, port: int, protocol: str = "TCP") -> bool:
    """Whether `source` reaches `port` of `target`."""
    known = list(policies)
    return _allows(known, "Egress", source, target, port, protocol, target) and _allows(
        known, "Ingress", target, source, port, protocol, target
    )


def _allows(policies: list[Manifest], direction: str, judged: Peer, other: Peer, port: int, protocol: str, target: Peer) -> bool:
    holding = [policy for policy in policies if _holds(policy, direction, judged)]
    if not holding:
        return True
    where = "from" if direction == "Ingress" else "to"
    rules = [(policy, rule) for policy in holding for rule in policy["spec"].get(direction.lower()) or []]
    return any(_ports_fit(rule, port, protocol, target) and _peers_fit(policy, rule.get(where), other) for policy, rule in rules)


def _holds(policy: Manifest, direction: str, pod: Peer) -> bool:
    """Whether the policy selects this pod for the direction; without policyTypes: Ingress, and Egress if it has egress rules."""
    spec = policy["spec"]
    types = spec.get("policyTypes") or (["Ingress", "Egress"] if spec.get("egress") else ["Ingress"])
    here = bool(pod.namespace) and policy["metadata"]["namespace"] == pod.namespace
    return here and direction in types and selects(spec["podSelector"], pod.labels)


def _ports_fit(rule: Manifest, port: int, protocol: str, target: Peer) -> bool:
    """No list means every port; a name means the container port of that name of the pod that is reached."""
    wanted = rule.get("ports")
    return not wanted or any(_port_fits(each, port, protocol, target) for each in wanted)


def _port_fits(wanted: Manifest, port: int, protocol: str, target: Peer) -> bool:
    if wanted.get("protocol", "TCP") != protocol:
        return False
    first = wanted.get("port")
    if first is None:
        return True
    if isinstance(first, str):
        return target.ports.get(first) == port
    return bool(first <= port <= wanted.get("endPort", first))


def _peers_fit(policy: Manifest, peers: list[Manifest] | None, other: Peer) -> bool:
    """No list means everybody, inside and outside."""
    return not peers or any(_peer_fits(policy, peer, other) for peer in peers)


def _peer_fits(policy: Manifest, peer: Manifest, other: Peer) -> bool:
    if "ipBlock" in peer:
        return _in_block(peer["ipBlock"], other.address)
    if not other.namespace:
        return False
    if "namespaceSelector" in peer:
        near = selects(peer["namespaceSelector"], other.namespace_labels)
    else:
        near = other.namespace == policy["metadata"]["namespace"]
    return near and selects(peer.get("podSelector", {}), other.labels)


def _in_block(block: Manifest, address: str) -> bool:
    it = ip_address(address)
    # On the wire there are no mapped addresses: the kernel speaks IPv4 to them, and the API server refuses their range.
    it = getattr(it, "ipv4_mapped", None) or it
    return it in ip_network(block["cidr"]) and not any(it in ip_network(cidr) for cidr in block.get("except") or [])


def selects(selector: Manifest, labels: Mapping[str, str]) -> bool:
    """Whether a label selector fits; an empty one fits everything."""
    same = all(labels.get(key) == value for key, value in (selector.get("matchLabels") or {}).items())
    return same and all(_expression(each, labels) for each in selector.get("matchExpressions") or [])


def _expression(each: Manifest, labels: Mapping[str, str]) -> bool:
    key, values = each["key"], each.get("values") or []
    return {
        "Exists": key in labels,
        "DoesNotExist": key not in labels,
        "In": labels.get(key) in values,
        "NotIn": labels.get(key) not in values,
    }[each["operator"]]
