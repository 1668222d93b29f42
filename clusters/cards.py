"""The cards of each GPU flavor: installed, in use and by whom, free now, granted and what may still be granted."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from clusters.models import Cluster, GpuFlavor, Node, Pod
from kube.quantities import QuantityError, count_of


@dataclass(frozen=True)
class FlavorCards:
    """Cards of one flavor. `holders` maps namespaces to the cards that their pods use on its nodes; `grantable` is None without a ceiling.

    `granted` and `grantable` are the account's, which flavors of one node pool share.
    """

    flavor: GpuFlavor
    installed: int
    granted: int
    grantable: int | None
    holders: Mapping[str, int] = field(default_factory=dict)

    @property
    def used(self) -> int:
        """On nodes now."""
        return sum(self.holders.values())

    @property
    def free(self) -> int:
        """Where a pod would find room now; cards of a node that is away are not installed."""
        return max(0, self.installed - self.used)


def flavor_cards(cluster: Cluster) -> list[FlavorCards]:
    """Every flavor of the cluster, by name; three queries."""
    flavors = list(GpuFlavor.objects.filter(cluster=cluster).select_related("account"))
    holders = holders_of(cluster, flavors)
    return [_cards(flavor, holders[flavor.pk]) for flavor in flavors]


def _cards(flavor: GpuFlavor, holders: Mapping[str, int]) -> FlavorCards:
    account = flavor.account
    left = None if account.ceiling is None else max(0, account.ceiling - account.granted)
    return FlavorCards(flavor, flavor.installed, account.granted, left, holders)


def holders_of(cluster: Cluster, flavors: list[GpuFlavor]) -> dict[int, Counter[str]]:
    """Cards in use by the flavor's key and by namespace; two queries.

    By the nodes on which pods run: flavors share resource names, so a pod's request alone does not tell its flavor.
    """
    found: dict[int, Counter[str]] = defaultdict(Counter)
    if not flavors:
        return found
    labels = dict(Node.objects.filter(cluster=cluster).values_list("name", "labels"))
    pods = Pod.objects.active().filter(cluster=cluster).exclude(node="")
    for node, namespace, requests in pods.values_list("node", "namespace", "requests"):
        for flavor in flavors:
            count = _count(requests.get(flavor.resource_name, 0))
            if count and all(labels.get(node, {}).get(key) == value for key, value in flavor.node_selector.items()):
                found[flavor.pk][namespace] += count
    return found


def _count(amount: object) -> int:
    try:
        return count_of(str(amount))
    except QuantityError:
        return 0
