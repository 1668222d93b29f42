"""Grants end by themselves at their date, on the database's clock; a portal that slept over a date catches up."""

from django.db.models.functions import Now

from audit.action import action
from audit.record import record
from clusters.capacity import release
from reconcile.wake import wake
from tenants.capacity import account_amounts
from tenants.models import Grant


def end_due_grants() -> int:
    """Ends every grant whose date has passed, each in its own transaction. Returns how many."""
    over = Grant.objects.over().filter(namespace__deleted_at__isnull=True).values_list("pk", flat=True)
    return sum(end_grant(actor=None, grant_id=pk) for pk in list(over))


@action("grant.end")
def end_grant(*, actor: None, grant_id: int) -> bool:
    """Ends one grant if its date has passed and nobody else has ended it: only that grant's part of the quota goes."""
    if not Grant.objects.over().filter(pk=grant_id).update(ended_at=Now()):
        return False
    grant = Grant.objects.select_related("namespace__cluster", "namespace__team").get(pk=grant_id)
    namespace = grant.namespace
    namespace.touch()
    record(
        actor=actor,
        action="grant.end",
        subject_kind="namespace",
        subject_id=namespace.pk,
        subject_name=namespace.name,
        team_name=namespace.team.name,
        ended=grant.resources,
    )
    release(cluster=namespace.cluster, holder=namespace.holder, amounts=account_amounts(namespace.cluster, grant.amount))
    wake("namespace", namespace.pk)
    return True
