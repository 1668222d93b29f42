"""Taking a namespace away: asked for by name, carried out by the engine, noted when the cluster confirms it."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import User
from audit.action import action
from audit.errors import Conflict
from audit.record import record
from clusters.capacity import release
from reconcile.wake import wake
from tenants.hooks import on_removed
from tenants.models import Grant, Namespace
from tenants.policies import may_delete
from tenants.streaming import announce


@action("namespace.delete")
def delete_namespace(*, actor: User, namespace: Namespace, confirm: str) -> Namespace:
    """Wants the namespace and everything in it gone. `confirm` must be its name.

    Raises PermissionDenied, ValidationError (wrong name), Conflict (already being deleted, or gone).
    """
    if not may_delete(actor, namespace):
        raise PermissionDenied(_("Only an owner of the team, or a platform administrator, can delete a namespace."))
    if confirm != namespace.name:
        raise ValidationError({"confirm": _("Type the name of the namespace, “%(name)s”, to delete it.") % {"name": namespace.name}})
    if not namespace.start_deletion():
        namespace.refresh_from_db()
        why = _("This namespace is gone; its record stays.") if namespace.deleted_at else _("This namespace is already being deleted.")
        raise Conflict(why, code="already_deleting")
    _record(actor, "namespace.delete", namespace)
    announce(namespace)
    wake("namespace", namespace.pk)
    return namespace


def note_removed(namespace: Namespace) -> None:
    """The cluster confirmed that it is gone: its grants end and its capacity is free again. Runs in the engine's transaction."""
    if not Namespace.objects.standing().filter(pk=namespace.pk).update(deleted_at=Now()):
        return
    namespace.refresh_from_db()
    Grant.objects.filter(namespace=namespace, ended_at__isnull=True).update(ended_at=Now())
    _record(None, "namespace.deleted", namespace)
    for told in on_removed:
        told(namespace)
    release(cluster=namespace.cluster, holder=namespace.holder)


def _record(actor: User | None, what: str, namespace: Namespace) -> None:
    record(
        actor=actor,
        action=what,
        subject_kind="namespace",
        subject_id=namespace.pk,
        subject_name=namespace.name,
        team_name=namespace.team.name,
        cluster=namespace.cluster.name,
    )
