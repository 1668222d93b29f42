"""Declaring GPU flavors that no node shows yet."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from accounts.models import Team
from audit.action import action
from audit.record import record
from clusters.gpus import is_device
from clusters.models import CapacityAccount, Cluster, GpuFlavor
from clusters.policies import may_declare_flavor
from clusters.recount import recount
from clusters.rerender import render_all_again

TOLERATION = {"key", "operator", "value", "effect"}


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
    tolerations: list[dict[str, Any]] | None = None,
    runtime_class: str = "",
) -> GpuFlavor:
    """A flavor that no node shows yet; `cards` is the most that may be granted. `pool` names a flavor with which it shares the cards.

    PermissionDenied, or ValidationError by field. Declaring a declared flavor again changes it.
    """
    if not may_declare_flavor(actor):
        raise PermissionDenied(_("Only administrators declare GPU flavors."))
    _check(resource_name, cards)
    flavor = _fresh_or_declared(cluster, name)
    flavor.resource_name, flavor.node_selector, flavor.display_name = resource_name, node_selector or {}, display_name or name
    flavor.tolerations, flavor.runtime_class = tolerations or [], runtime_class
    _check_tolerations(flavor.tolerations)
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


@action("flavor.change")
def change_flavor(
    *,
    actor: Any,
    flavor: GpuFlavor,
    runtime_class: str | None = None,
    tolerations: list[dict[str, Any]] | None = None,
    tolerations_fixed: bool | None = None,
    shared: bool | None = None,
    trusted_teams: Iterable[Team] | None = None,
) -> GpuFlavor:
    """Changes what an administrator knows better than the nodes tell; None leaves a part as it is. Tolerations that are given are fixed,
    unless it is said that they are not: then they follow the nodes' taints again. PermissionDenied, or ValidationError by field.
    """
    if not may_declare_flavor(actor):
        raise PermissionDenied(_("Only administrators declare GPU flavors."))
    if tolerations is not None and tolerations_fixed is None:
        tolerations_fixed = True
    given = {"runtime_class": runtime_class, "tolerations": tolerations, "tolerations_fixed": tolerations_fixed, "shared": shared}
    changes: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    for name, value in changes.items():
        setattr(flavor, name, value)
    _check_tolerations(flavor.tolerations)
    flavor.full_clean()
    flavor.save(update_fields=list(changes))
    if trusted_teams is not None:
        flavor.trusted_teams.set(trusted_teams)
    recount(flavor.cluster)
    render_all_again(flavor.cluster)
    flavor.refresh_from_db()
    record(
        actor=actor,
        action="flavor.change",
        subject_kind="flavor",
        subject_id=flavor.pk,
        subject_name=f"{flavor.cluster.name}/{flavor.name}",
        trusted=sorted(flavor.trusted_teams.values_list("name", flat=True)),
        **changes,
    )
    return flavor


def _check_tolerations(tolerations: Any) -> None:
    shape = isinstance(tolerations, list) and all(
        isinstance(each, dict) and set(each) <= TOLERATION and all(isinstance(value, str) for value in each.values())
        for each in tolerations
    )
    if not shape:
        message = _("Write tolerations as a list such as %(example)s.")
        example = '[{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}]'
        raise ValidationError({"tolerations": message % {"example": example}})


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
