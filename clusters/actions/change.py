"""Changing what an administrator knows better than the cluster tells."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from audit.action import action
from audit.record import record
from clusters.models import CapacityAccount, Cluster
from clusters.policies import may_change_cluster
from clusters.recount import recount
from clusters.rerender import render_all_again

CHANGEABLE = ("display_name", "network_profile", "identity", "overcommit", "serving_override")


@action("cluster.change")
def change_cluster(*, actor: Any, cluster: Cluster, **changes: Any) -> Cluster:
    """Change one of CHANGEABLE; everything in the cluster is rendered anew within half a minute.

    PermissionDenied, or ValidationError by field.
    """
    if not may_change_cluster(actor):
        raise PermissionDenied(_("Only administrators change clusters."))
    if unknown := set(changes) - set(CHANGEABLE):
        raise ValidationError({name: _("This cannot be changed.") for name in sorted(unknown)})
    for name, value in changes.items():
        setattr(cluster, name, value)
    cluster.full_clean()
    cluster.save(update_fields=list(changes))
    recount(cluster)
    render_all_again(cluster)
    record(
        actor=actor,
        action="cluster.change",
        subject_kind="cluster",
        subject_id=cluster.pk,
        subject_name=cluster.name,
        changed=sorted(changes),
    )
    return cluster


@action("capacity.set_ceiling")
def set_ceiling(*, actor: Any, account: CapacityAccount, ceiling: int | None, fixed: bool = True) -> CapacityAccount:
    """Limit what may be granted of one account (its unit; None: no limit). Not `fixed`: it follows what is installed again.

    PermissionDenied, or ValidationError. A ceiling below what is granted only refuses more.
    """
    if not may_change_cluster(actor):
        raise PermissionDenied(_("Only administrators change ceilings."))
    if ceiling is not None and ceiling < 0:
        raise ValidationError({"ceiling": _("Write 0 or more, or leave it empty for no limit.")})
    CapacityAccount.objects.filter(pk=account.pk).update(ceiling=ceiling, ceiling_fixed=fixed)
    recount(account.cluster)
    account.refresh_from_db()
    record(
        actor=actor,
        action="capacity.set_ceiling",
        subject_kind="capacity account",
        subject_id=account.pk,
        subject_name=f"{account.cluster.name}/{account.key}",
        ceiling=account.ceiling,
        fixed=fixed,
    )
    return account
