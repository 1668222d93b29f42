"""Declaring GPU flavors that no node shows yet."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from audit.action import action
from audit.record import record
from clusters.gpus import is_device
from clusters.models import CapacityAccount, Cluster, GpuFlavor
from clusters.policies import may_declare_flavor
from clusters.rerender import render_all_again


@action("flavor.declare")
def declare_flavor(
    *,
    actor: Any,
    cluster: Cluster,
    name: str,
    cards: int,
    resource_name: str = "nvidia.com/gpu",
    node_selector: dict[str, str] | None = None,
    display_name: str = "",
    pool: str = "",
) -> GpuFlavor:
    """A flavor that no node shows yet; `cards` is the most that may be granted. `pool` names a flavor with which it shares the cards.

    PermissionDenied, or ValidationError by field. Declaring a declared flavor again changes it.
    """
    if not may_declare_flavor(actor):
        raise PermissionDenied(_("Only administrators declare GPU flavors."))
    _check(resource_name, cards)
    flavor = _fresh_or_declared(cluster, name)
    flavor.resource_name, flavor.node_selector, flavor.display_name = resource_name, node_selector or {}, display_name or name
    flavor.warning = _("No node with this flavor is seen. Pods that ask for it wait until one joins the cluster.")
    flavor.account = _account(cluster, name, cards, pool)
    flavor.full_clean()
    flavor.save()
    render_all_again(cluster)
    record(
        actor=actor,
        action="flavor.declare",
        subject_kind="flavor",
        subject_id=flavor.pk,
        subject_name=f"{cluster.name}/{name}",
        cards=cards,
        resource_name=resource_name,
    )
    return flavor


def _check(resource_name: str, cards: int) -> None:
    if not is_device(resource_name):
        raise ValidationError({"resource_name": _("Write the vendor's resource name, such as nvidia.com/gpu.")})
    if cards < 0:
        raise ValidationError({"cards": _("Write how many cards may be granted, 0 or more.")})


def _fresh_or_declared(cluster: Cluster, name: str) -> GpuFlavor:
    flavor = GpuFlavor.objects.filter(cluster=cluster, name=name).first()
    if flavor and flavor.source == GpuFlavor.Source.OBSERVED:
        raise ValidationError({"name": _("This flavor is seen on nodes; it need not be declared.")})
    return flavor or GpuFlavor(cluster=cluster, name=name, source=GpuFlavor.Source.DECLARED)


def _account(cluster: Cluster, name: str, cards: int, pool: str) -> CapacityAccount:
    if pool:
        shared = GpuFlavor.objects.filter(cluster=cluster, name=pool).select_related("account").first()
        if shared is None:
            raise ValidationError({"pool": _("This cluster has no flavor named %(name)s.") % {"name": pool}})
        return shared.account
    return CapacityAccount.objects.update_or_create(cluster=cluster, key=f"gpu:{name}", defaults={"ceiling": cards, "ceiling_fixed": True})[
        0
    ]
