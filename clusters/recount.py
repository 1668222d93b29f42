"""Brings flavors and capacity accounts in line with the nodes that were seen. Grants are never touched here."""

from collections import Counter
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clusters.gpus import Seen, flavors_of
from clusters.models import CapacityAccount, Cluster, GpuFlavor, Node
from clusters.rerender import render_all_again
from kube.quantities import QuantityError, bytes_of, cpu_millicores


def recount(cluster: Cluster) -> None:
    """Read the cluster's Node rows and write its accounts and observed flavors; writes only what changed."""
    nodes = list(Node.objects.filter(cluster=cluster))
    with transaction.atomic():
        Cluster.objects.select_for_update().get(pk=cluster.pk)
        _account(cluster, "cpu", _total(nodes, "cpu"), float(cluster.overcommit))
        _account(cluster, "memory", _total(nodes, "memory"), float(cluster.overcommit))
        CapacityAccount.objects.get_or_create(cluster=cluster, key="storage")
        before = _device_names(cluster)
        _count_gpus(cluster, nodes)
        if _device_names(cluster) != before:
            render_all_again(cluster)


def _device_names(cluster: Cluster) -> set[str]:
    return set(GpuFlavor.objects.filter(cluster=cluster).values_list("resource_name", flat=True))


def _total(nodes: list[Node], resource: str) -> int | None:
    """What the nodes offer; None, and so no ceiling, where no node is seen: that is not the same as nothing installed."""
    if not nodes:
        return None
    read = cpu_millicores if resource == "cpu" else bytes_of
    total = 0
    for node in nodes:
        try:
            total += read(str(node.allocatable.get(resource, "0")))
        except QuantityError:
            continue
    return total


def _account(cluster: Cluster, key: str, installed: int | None, factor: float = 1.0) -> CapacityAccount:
    account, created = CapacityAccount.objects.get_or_create(cluster=cluster, key=key)
    ceiling = account.ceiling if account.ceiling_fixed else None if installed is None else int(installed * factor)
    if created or (account.installed, account.ceiling) != (installed, ceiling):
        CapacityAccount.objects.filter(pk=account.pk).update(installed=installed, ceiling=ceiling)
    return account


def _count_gpus(cluster: Cluster, nodes: list[Node]) -> None:
    per_flavor: Counter[int] = Counter()
    per_account: Counter[str] = Counter()
    known = {flavor.pk: flavor for flavor in GpuFlavor.objects.filter(cluster=cluster).select_related("account")}
    for node in nodes:
        on_node: dict[str, int] = {}
        for seen in flavors_of(node.labels, node.allocatable):
            flavor = _matching(known.values(), seen) or _create(cluster, known, seen, on_node)
            known[flavor.pk] = flavor
            per_flavor[flavor.pk] += seen.cards
            # Two names for the cards of one node are the same cards: the larger number counts, once.
            on_node[flavor.account.key] = max(on_node.get(flavor.account.key, 0), seen.cards)
        per_account.update(on_node)
    for flavor in known.values():
        _save(flavor, per_flavor[flavor.pk])
    for key in {flavor.account.key for flavor in known.values()}:
        _account(cluster, key, per_account[key])


def _matching(known: Iterable[GpuFlavor], seen: Seen) -> GpuFlavor | None:
    same = [flavor for flavor in known if flavor.resource_name == seen.resource_name]
    exact = next((flavor for flavor in same if flavor.node_selector == seen.selector), None)
    declared = (flavor for flavor in same if flavor.source == GpuFlavor.Source.DECLARED and flavor.name == seen.name)
    return exact or next(declared, None)


def _create(cluster: Cluster, known: dict[int, GpuFlavor], seen: Seen, on_node: dict[str, int]) -> GpuFlavor:
    taken = {flavor.name for flavor in known.values()}
    name = seen.name if seen.name not in taken else seen.long_name
    shared = next((f.account for f in known.values() if f.account.key in on_node and f.resource_name.startswith(seen.vendor)), None)
    account = shared or CapacityAccount.objects.get_or_create(cluster=cluster, key=f"gpu:{name}")[0]
    return GpuFlavor.objects.create(
        cluster=cluster,
        name=name,
        display_name=seen.display_name,
        resource_name=seen.resource_name,
        node_selector=seen.selector,
        account=account,
    )


def _save(flavor: GpuFlavor, installed: int) -> None:
    observed = installed > 0
    source = GpuFlavor.Source.OBSERVED if observed else flavor.source
    warning = "" if observed else _("No node with this flavor is seen. Pods that ask for it wait until one joins the cluster.")
    if (flavor.installed, flavor.source, flavor.warning) == (installed, source, warning) and flavor.seen_at:
        return
    seen_at = timezone.now() if observed else flavor.seen_at
    GpuFlavor.objects.filter(pk=flavor.pk).update(installed=installed, source=source, warning=warning, seen_at=seen_at)
