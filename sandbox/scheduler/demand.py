"""What a pod takes of the node it runs on."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from sandbox.schema.quantities import parse

Object = dict[str, Any]
Amounts = dict[str, Decimal]
NOTHING = Decimal(0)


def demand(pod: Object) -> Amounts:
    """Its requests by resource (containers with sidecars, or the greediest moment of its start), its overhead, one place for pods."""
    spec = pod["spec"]
    total: Amounts = {}
    for container in spec.get("containers") or []:
        add(total, requests(container))
    sidecars: Amounts = {}
    peak: Amounts = {}
    for container in spec.get("initContainers") or []:
        own = requests(container)
        if container.get("restartPolicy") == "Always":
            add(sidecars, own)
            own = {}
        for name in own.keys() | sidecars.keys():
            peak[name] = max(peak.get(name, NOTHING), own.get(name, NOTHING) + sidecars.get(name, NOTHING))
    add(total, sidecars)
    for name, amount in peak.items():
        total[name] = max(total.get(name, NOTHING), amount)
    add(total, {name: parse(amount) for name, amount in (spec.get("overhead") or {}).items()})
    return {**total, "pods": Decimal(1)}


def host_ports(pod: Object) -> frozenset[tuple[str, str, int]]:
    """The (protocol, address, port) that its containers take of the node."""
    return frozenset(_ports(pod["spec"]))


def requests(container: Object) -> Amounts:
    """One container's requests."""
    return {name: parse(amount) for name, amount in ((container.get("resources") or {}).get("requests") or {}).items()}


def add(total: Amounts, amounts: Amounts, sign: int = 1) -> None:
    """Add (or with sign -1 take away) amounts in place."""
    for name, amount in amounts.items():
        total[name] = total.get(name, NOTHING) + sign * amount


def _ports(spec: Object) -> Iterator[tuple[str, str, int]]:
    sidecars = [each for each in spec.get("initContainers") or [] if each.get("restartPolicy") == "Always"]
    for container in [*(spec.get("containers") or []), *sidecars]:
        for port in container.get("ports") or []:
            number = port.get("hostPort") or (port["containerPort"] if spec.get("hostNetwork") else 0)
            if number:
                yield port.get("protocol", "TCP"), port.get("hostIP") or "0.0.0.0", number  # noqa: S104  Kubernetes' own default
