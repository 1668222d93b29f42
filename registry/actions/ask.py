"""What every change has in common: a row that is due at once, an audit entry in the same transaction, and a limit."""

from typing import Any

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import Team, User
from audit.errors import Conflict
from audit.record import record
from reconcile.wake import wake
from registry.address import CHANGE_KIND
from registry.models import Change, RegisteredModel, Registry

MOST_PENDING = 20


def ask(*, actor: User, action: str, what: str, name: str, model: RegisteredModel | None, team: Team | None, **arguments: Any) -> Change:
    """The row of a change that was allowed. Raises Conflict without a registry, or with too many changes that still wait."""
    if Registry.current() is None:
        raise Conflict(_("No model registry is connected, so nothing can be changed in it."), code="no_registry")
    if Change.objects.pending().filter(actor=actor).count() >= MOST_PENDING:
        raise Conflict(
            _("You have %(most)s changes that still wait. Ask again when they are done.") % {"most": MOST_PENDING}, code="too_many"
        )
    change = Change.objects.create(
        what=what, model_name=name, model=model, team=team, actor=actor, arguments=arguments, next_reconcile_at=Now()
    )
    record(
        actor=actor,
        action=action,
        subject_kind="registeredmodel",
        subject_id=model.pk if model else "",
        subject_name=name,
        team_name=team.name if team else "",
        change=change.pk,
        **arguments,
    )
    wake(CHANGE_KIND, change.pk)
    # As the database wrote it, since expressions are no times.
    change.refresh_from_db()
    return change
