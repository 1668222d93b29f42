"""Writes a step of a request to its timeline and to the audit log, and tells the open pages; every action ends here."""

from typing import Any

from approvals.models import Request, TimelineEntry
from approvals.streaming import announce
from audit.record import record


def tell(request: Request, what: str, *, actor: Any, body: str = "", snapshot: Any = None, **detail: Any) -> None:
    """One timeline entry, one audit entry, one live event, all in the caller's transaction (the event after it)."""
    TimelineEntry.objects.create(request=request, actor=actor, what=what, body=body, version=request.version, snapshot=snapshot)
    record(
        actor=actor,
        action=f"request.{what}",
        subject_kind="request",
        subject_id=request.pk,
        subject_name=str(request),
        team_name=request.team.name,
        version=request.version,
        **detail,
    )
    announce(request, "state")
