"""Changes as a kind of the engine: one model's changes one after the other, in the order in which they were asked for."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils import timezone

from reconcile.due import mark_due
from reconcile.outcome import Outcome
from reconcile.registry import OwnerKind
from reconcile.wake import wake
from registry.address import CHANGE_KIND, KIND
from registry.carry.refusal import Refusal
from registry.carry.register import register
from registry.carry.small import delete_alias, delete_tag, set_alias, set_tag
from registry.models import Change
from registry.models.registry import ONLY
from registry.streaming import announce_change
from registry.tracking.client import Client
from registry.tracking.errors import RegistryRefused, RegistrySilent

PATIENCE_SECONDS = 3_600
AWAY_MOST_SECONDS = 10.0
FAILURES = 3
STEPS: dict[str, Callable[[Client, Change], dict[str, Any]]] = {
    Change.What.REGISTER: register,
    Change.What.SET_ALIAS: set_alias,
    Change.What.DELETE_ALIAS: delete_alias,
    Change.What.SET_TAG: set_tag,
    Change.What.DELETE_TAG: delete_tag,
}


class ChangeKind(OwnerKind):
    """A change is done, or refused for good: what was refused is never carried out later, when nobody thinks of it any more."""

    name = CHANGE_KIND
    model = Change

    def rows(self) -> Any:
        """With the team."""
        return Change.objects.select_related("team", "model")

    def run(self, row: Change, attempt: Any) -> Outcome:
        """Carries the change out. A registry that is away is waited for, for an hour."""
        if Change.objects.pending().filter(model_name=row.model_name, pk__lt=row.pk).exists():
            return Outcome("waiting", "InTurn", "an earlier change of this model comes first", retry_after=1.0)
        if not settings.MLFLOW_TRACKING_URI:
            return Outcome("refused", "NotConfigured", "no model registry is connected")
        try:
            with Client(
                settings.MLFLOW_TRACKING_URI, lambda: attempt.deadline.timeout(settings.SLIPWAY["REQUEST_TIMEOUT_SECONDS"])
            ) as client:
                result = STEPS[row.what](client, row)
        except RegistrySilent as silence:
            return _away(row, str(silence))
        except RegistryRefused as refusal:
            again = refusal.status >= 500 and row.failures < FAILURES
            return Outcome("retry", "RegistryFailed", str(refusal)) if again else Outcome("refused", "Refused", str(refusal))
        except Refusal as refusal:
            return Outcome("refused", "Refused", str(refusal))
        return Outcome("done", "CarriedOut", "", extra={"result": result})

    def settled(self, row: Change, outcome: Outcome) -> None:
        """What was refused rests for good; the catalogue is looked at anew, and open pages learn of it."""
        if outcome.state == "refused":
            Change.objects.filter(pk=row.pk).update(next_reconcile_at=None)
        if outcome.state in ("done", "refused"):
            mark_due(KIND, ONLY)
            wake(KIND, ONLY)
        announce_change(row.model_id)

    def visible_to(self, user: Any) -> Any:
        """As the pages show them."""
        return Change.objects.visible_to(user)


def _away(row: Change, words: str) -> Outcome:
    waited = (timezone.now() - row.created_at).total_seconds()
    if waited > PATIENCE_SECONDS:
        return Outcome("refused", "Expired", f"the registry did not answer for an hour ({words}); ask again")
    rest = min(AWAY_MOST_SECONDS, max(1.0, waited / 4))
    return Outcome("waiting", "RegistryUnreachable", f"the registry does not answer: {words}", retry_after=rest)
