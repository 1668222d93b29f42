"""What the engine reports back: an approved request is being applied, was applied, or failed."""

from typing import Any

from approvals.models import Request, TimelineEntry
from approvals.states import RequestOutcome
from approvals.story import tell
from approvals.streaming import announce

STORY = {RequestOutcome.APPLIED: TimelineEntry.What.APPLIED, RequestOutcome.FAILED: TimelineEntry.What.FAILED}


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
