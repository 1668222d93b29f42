"""What the database knows of a namespace and its cluster: quotas, limits, nodes, who holds devices. Read when first asked, once a page."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from clusters.models import Cluster, Node, Observed, Pod
from clusters.observation.nodes import KEPT_LABELS
from kube.quantities import QuantityError, count_of

Seen = Callable[[Collection[str]], set[str]]


@dataclass(frozen=True)
class Devices:
    """Devices of one name on the nodes that fit: `installed`, of these on nodes that are `away`, and `holders` by namespace.

    `kind` says whether the nodes were told apart by what the pod selects; `nodes` is how many have such devices.
    """

    installed: int
    away: int
    nodes: int
    holders: Mapping[str, int]
    kind: bool

    @property
    def held(self) -> int:
        """By pods that the portal sees."""
        return sum(self.holders.values())


class Evidence:
    """`sees` tells which namespaces of the cluster, by their names, the reader may see: others are counted and not named."""

    def __init__(self, cluster: Cluster, namespace: str, sees: Seen) -> None:
        self.cluster, self.namespace, self.sees = cluster, namespace, sees

    @cached_property
    def quotas(self) -> dict[str, tuple[dict[str, str], dict[str, str]]]:
        """(hard, used) of each ResourceQuota by its name, as last observed."""
        return {name: _amounts(body) for name, body in self._bodies("ResourceQuota")}

    @cached_property
    def maximum(self) -> dict[str, str]:
        """What one container may have at most, by resource; empty where no LimitRange says it."""
        items = [item for _name, body in self._bodies("LimitRange") for item in (body.get("spec") or {}).get("limits") or []]
        return {name: str(most) for item in items if item.get("type") == "Container" for name, most in (item.get("max") or {}).items()}

    @cached_property
    def nodes(self) -> list[Node]:
        """All nodes of the cluster."""
        return list(Node.objects.filter(cluster=self.cluster))

    def devices(self, resource: str, selector: Mapping[str, str]) -> Devices:
        """Who holds the devices of this name, on nodes with the labels that the pod selects where the portal keeps such labels."""
        known = {key: value for key, value in selector.items() if key in KEPT_LABELS or any(key in node.labels for node in self.nodes)}
        fit = [node for node in self.nodes if all(node.labels.get(key) == value for key, value in known.items())]
        cards = {node.name: count for node in fit if (count := _count(node.allocatable.get(resource, 0)))}
        away = sum(cards[node.name] for node in fit if node.name in cards and not (node.ready and node.schedulable))
        return Devices(sum(cards.values()), away, len(cards), self._holders(resource, cards), bool(known))

    def named(self, holders: Mapping[str, int]) -> tuple[dict[str, int], int]:
        """(holders that the reader may see, most first, and what all others hold together)."""
        seen = self.sees(list(holders)) if holders else set()
        shown = dict(sorted(((name, count) for name, count in holders.items() if name in seen), key=lambda each: (-each[1], each[0])))
        return shown, sum(holders.values()) - sum(shown.values())

    def _holders(self, resource: str, nodes: Collection[str]) -> Counter[str]:
        found: Counter[str] = Counter()
        pods = Pod.objects.active().filter(cluster=self.cluster, node__in=nodes)
        for namespace, requests in pods.values_list("namespace", "requests"):
            if count := _count(requests.get(resource, 0)):
                found[namespace] += count
        return found

    def _bodies(self, kind: str) -> list[tuple[str, dict[str, Any]]]:
        rows = Observed.objects.filter(cluster=self.cluster, namespace=self.namespace, kind=kind)
        return list(rows.values_list("name", "body"))


def _amounts(body: dict[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    status = body.get("status") or {}
    return status.get("hard") or {}, status.get("used") or {}


def _count(amount: object) -> int:
    try:
        return count_of(str(amount))
    except QuantityError:
        return 0
