"""Having namespaces looked at again: at a person's word, or because who belongs to the team has changed."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.models import Team, User
from approvals.models import TimelineEntry
from approvals.story import tell
from audit.action import action
from audit.errors import Conflict
from audit.record import record
from reconcile.due import retry_now
from reconcile.wake import wake
from tenants.models import Namespace
from tenants.policies import may_retry


@action("namespace.retry")
def retry_namespace(*, actor: User, namespace: Namespace) -> Namespace:
    """Makes the namespace due at once and forgets its failures. Raises PermissionDenied, Conflict (it is gone)."""
    if not may_retry(actor, namespace):
        raise PermissionDenied(_("Only members of the team can have it retried."))
    if namespace.deleted_at:
        raise Conflict(_("This namespace is gone; ask for a new one."), code="deleted")
    retry_now("namespace", namespace.pk)
    if namespace.request is not None:
        tell(namespace.request, TimelineEntry.What.RETRIED, actor=actor)
    else:
        record(actor=actor, action="namespace.retry", subject_kind="namespace", subject_id=namespace.pk, subject_name=namespace.name)
    wake("namespace", namespace.pk)
    namespace.refresh_from_db()
    return namespace


def refresh_team(team: Team) -> None:
    """The team's people changed: its namespaces' RoleBindings must follow. Runs in the transaction of that change."""
    for namespace in Namespace.objects.standing().filter(team=team):
        namespace.touch()
        wake("namespace", namespace.pk)
