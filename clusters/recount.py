"""Brings flavors and capacity accounts in line with the nodes that were seen. Grants are never touched here."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

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
        before = _devices(cluster)
        _count_gpus(cluster, nodes)
        if _devices(cluster) != before:
            render_all_again(cluster)


def _devices(cluster: Cluster) -> set[tuple[str, str]]:
    """What manifests are made of: the resources that quotas name, and what pods of a flavor tolerate."""
    rows = GpuFlavor.objects.filter(cluster=cluster).values_list("resource_name", "tolerations")
    return {(name, repr(tolerations)) for name, tolerations in rows}


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
    taints: dict[int, list[list[dict[str, Any]]]] = defaultdict(list)
    shared: set[int] = set()
    known = {flavor.pk: flavor for flavor in GpuFlavor.objects.filter(cluster=cluster).select_related("account")}
    for node in nodes:
        on_node: dict[str, int] = {}
        for seen in flavors_of(node.labels, node.allocatable):
            flavor = _matching(known.values(), seen) or _create(cluster, known, seen, on_node)
            known[flavor.pk] = flavor
            per_flavor[flavor.pk] += seen.cards
            taints[flavor.pk].append(node.taints)
            shared |= {flavor.pk} if seen.is_shared else set()
            # Two names for the cards of one node are the same cards: the larger number counts, once.
            on_node[flavor.account.key] = max(on_node.get(flavor.account.key, 0), seen.cards)
        per_account.update(on_node)
    for flavor in known.values():
        _save(flavor, per_flavor[flavor.pk], tolerations_of(taints[flavor.pk]), flavor.pk in shared)
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
        shared=seen.is_shared,
        account=account,
    )


def tolerations_of(nodes: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """What the pods of a flavor tolerate: the taints that keep others off every node of it.

    A taint of one node alone is somebody's word about that node, such as before it is mended; to tolerate it would send pods there, and
    begin all pods of the flavor anew.
    """
    common = set.intersection(*(set(map(_keeping_off, taints)) - {None} for taints in nodes)) if nodes else set()
    return [_toleration(*taint) for taint in sorted(filter(None, common))]


def _keeping_off(taint: dict[str, Any]) -> tuple[str, str, str] | None:
    place = (str(taint.get("key", "")), str(taint.get("value") or ""), str(taint.get("effect", "")))
    return place if place[2] in ("NoSchedule", "NoExecute") else None


def _toleration(key: str, value: str, effect: str) -> dict[str, Any]:
    how = {"operator": "Equal", "value": value} if value else {"operator": "Exists"}
    return {"key": key, **how, "effect": effect}


def _save(flavor: GpuFlavor, installed: int, tolerations: list[dict[str, Any]], shared: bool) -> None:
    """What nodes say of sharing makes a flavor shared and never whole: who may use it was decided in that belief."""
    observed = installed > 0
    source = GpuFlavor.Source.OBSERVED if observed else flavor.source
    warning = "" if observed else _("No node with this flavor is seen. Pods that ask for it wait until one joins the cluster.")
    kept = flavor.tolerations if flavor.tolerations_fixed or not observed else tolerations
    now = {"installed": installed, "source": source, "warning": warning, "tolerations": kept, "shared": flavor.shared or shared}
    if all(getattr(flavor, name) == value for name, value in now.items()) and flavor.seen_at:
        return
    GpuFlavor.objects.filter(pk=flavor.pk).update(**now, seen_at=timezone.now() if observed else flavor.seen_at)
