"""What the engine reports back: an approved request is being applied, was applied, or failed."""

from typing import Any

from approvals.models import Request, TimelineEntry
from approvals.states import RequestOutcome
from approvals.story import tell
from approvals.streaming import announce
from reconcile.models import Reconciled
from reconcile.outcome import Outcome

STORY = {RequestOutcome.APPLIED: TimelineEntry.What.APPLIED, RequestOutcome.FAILED: TimelineEntry.What.FAILED}


def mark_attempt(request: Request, row: Reconciled, outcome: Outcome) -> None:
    """What an attempt at the row that was asked for means for its request. In the engine's transaction, which has just read the row.

    Failed is what an attempt at what is wanted now could not do; an earlier one says nothing of it, one out of time is continued.
    """
    if outcome.confirmed and row.settled:
        mark_outcome(request, RequestOutcome.APPLIED, outcome.message, applied=request.in_force)
    elif request.outcome == RequestOutcome.APPLIED:
        return  # later drift is the row's affair; what was asked for has been applied
    elif outcome.generation not in (None, row.generation):
        return  # it was at what stood before
    elif outcome.state in ("retry", "refused") and outcome.reason != "OutOfTime":
        mark_outcome(request, RequestOutcome.FAILED, f"{outcome.reason}: {outcome.message}")
    else:
        mark_outcome(request, RequestOutcome.APPLYING, outcome.message)


def mark_outcome(request: Request, outcome: str, message: str = "", applied: Any = None) -> bool:
    """Notes in the engine's transaction what became of an approved request; told once per change. True when it changed."""
    rows = Request.objects.filter(pk=request.pk).exclude(outcome=outcome, outcome_message=message)
    values: dict[str, Any] = {"outcome": outcome, "outcome_message": message}
    if applied is not None:
        values["applied"] = applied
    if not rows.update(**values):
        return False
    moved = request.outcome != outcome
    for name, value in values.items():
        setattr(request, name, value)
    if moved and outcome in STORY:
        tell(request, STORY[RequestOutcome(outcome)], actor=None, body=message, snapshot=applied)
    else:
        announce(request, "state")
    return True
