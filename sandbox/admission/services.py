"""Cluster IPs and node ports of Services: given out once each, kept by updates that leave them open, refused when taken."""

import ipaddress
import secrets
from collections.abc import Iterator
from typing import Any

from sandbox.kinds.errors import Cause, invalid
from sandbox.kinds.rules import Object
from sandbox.kinds.service import is_reached_from_outside
from sandbox.kinds.table import kind_named
from sandbox.storage.store import Store

ADDRESSES = ipaddress.IPv4Network("10.96.0.0/16")
FIRST_PORT, LAST_PORT = 30_000, 32_767
SINGLE = {"ipFamilies": ["IPv4"], "ipFamilyPolicy": "SingleStack"}
ADDRESS_FIELDS = ("clusterIP", "clusterIPs", *SINGLE)


def keep_allocated(service: Object, before: Object) -> None:
    """Set in place what an update left open and the Service has already; ports are known by their names."""
    spec, old = service["spec"], before["spec"]
    if _has_address(spec) and not spec.get("clusterIP") and old.get("clusterIP"):
        spec |= {key: old[key] for key in ADDRESS_FIELDS if key in old}
    if not (_has_node_ports(spec) and _has_node_ports(old)):
        return
    known = {port.get("name", ""): port["nodePort"] for port in old.get("ports") or [] if port.get("nodePort")}
    used = _node_ports(old) & _node_ports(spec)
    for port in spec.get("ports") or []:
        kept = known.get(port.get("name", ""))
        if kept and not port.get("nodePort") and kept not in used:
            port["nodePort"] = kept
            used.add(kept)


def let_go(service: Object, before: Object) -> None:
    """Take away in place what a new type of the Service has no use for, unless the writer has changed it too."""
    spec, old = service["spec"], before["spec"]
    if _has_address(old) and not _has_address(spec):
        for key in ADDRESS_FIELDS:
            if spec.get(key) == old.get(key):
                spec.pop(key, None)
    if _has_node_ports(old) and not _has_node_ports(spec) and _node_ports(spec) <= _node_ports(old):
        for port in spec.get("ports") or []:
            port.pop("nodePort", None)
    for key, applies in (
        ("externalTrafficPolicy", is_reached_from_outside),
        ("healthCheckNodePort", _has_health_check),
        ("allocateLoadBalancerNodePorts", _balances),
        ("loadBalancerClass", _balances),
    ):
        if applies(old) and not applies(spec) and spec.get(key) == old.get(key):
            spec.pop(key, None)


def allocate(store: Store, service: Object, *, is_new: bool) -> None:
    """Give a valid Service the address and the ports that it lacks, in place; raises 422 for wished ones that cannot be had."""
    spec, others = service["spec"], list(_others(store, service))
    causes = _address(spec, {each.get("clusterIP") for each in others}) if _has_address(spec) else []
    if _has_node_ports(spec):
        causes += _ports(spec, set().union(*map(_node_ports, others)), is_new=is_new)
    if causes:
        raise invalid(kind_named("Service"), service["metadata"].get("name", ""), causes)


def _has_address(spec: Object) -> bool:
    return bool(spec.get("type") != "ExternalName")


def _has_node_ports(spec: Object) -> bool:
    return spec.get("type") == "NodePort" or (_balances(spec) and spec.get("allocateLoadBalancerNodePorts", True))


def _balances(spec: Object) -> bool:
    return bool(spec.get("type") == "LoadBalancer")


def _has_health_check(spec: Object) -> bool:
    return _balances(spec) and spec.get("externalTrafficPolicy") == "Local"


def _node_ports(spec: Object) -> set[int]:
    return {port["nodePort"] for port in spec.get("ports") or [] if port.get("nodePort")}


def _others(store: Store, service: Object) -> Iterator[dict[str, Any]]:
    own = service["metadata"].get("namespace"), service["metadata"].get("name")
    for stored in store.items(kind_named("Service")):
        if (stored.namespace, stored.name) != own:
            yield stored.value["spec"]


def _address(spec: Object, taken: set[str | None]) -> list[Cause]:
    wished = spec.get("clusterIP") or next(iter(spec.get("clusterIPs") or []), "")
    if wished and wished != "None":
        why = _refusal(wished, taken)
        if why:
            message = f'Invalid value: []string{{"{wished}"}}: failed to allocate IP {wished}: {why}'
            return [Cause("spec.clusterIPs", message)]
    while not wished or (wished != "None" and wished in taken):
        # From the upper part, as a real one does, which leaves the lower one to wishes.
        wished = str(ADDRESSES[256 + secrets.randbelow(ADDRESSES.num_addresses - 257)])
    spec |= {"clusterIP": wished, "clusterIPs": [wished]}
    for key, value in SINGLE.items():
        spec.setdefault(key, value)
    return []


def _refusal(wished: str, taken: set[str | None]) -> str:
    try:
        inside = ipaddress.ip_address(wished) in ADDRESSES
    except ValueError:
        inside = False
    if not inside:
        return f"the provided IP ({wished}) is not in the valid range. The range of valid IPs is {ADDRESSES}"
    return "provided IP is already allocated" if wished in taken else ""


def _ports(spec: Object, taken: set[int], *, is_new: bool) -> list[Cause]:
    causes, wished, given = [], _node_ports(spec), dict[int, int]()
    for index, port in enumerate(spec.get("ports") or []):
        number, field = port.get("nodePort"), f"spec.ports[{index}].nodePort"
        if not number:
            # The protocols of one port share a number from their birth on.
            shared = given.get(port["port"]) or _wished_for(spec, port["port"]) if is_new else None
            port["nodePort"] = shared or _free(taken | wished)
            wished.add(port["nodePort"])
        elif not FIRST_PORT <= number <= LAST_PORT:
            valid = f"The range of valid ports is {FIRST_PORT}-{LAST_PORT}"
            causes.append(Cause(field, f"Invalid value: {number}: provided port is not in the valid range. {valid}"))
        elif number in taken:
            causes.append(Cause(field, f"Invalid value: {number}: provided port is already allocated"))
        given.setdefault(port["port"], port["nodePort"])
    return causes


def _wished_for(spec: Object, number: int) -> int | None:
    return next((port["nodePort"] for port in spec["ports"] if port["port"] == number and port.get("nodePort")), None)


def _free(taken: set[int]) -> int:
    free = [number for number in range(FIRST_PORT, LAST_PORT + 1) if number not in taken]
    return secrets.choice(free)
