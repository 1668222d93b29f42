"""Approved and applied are two truths: the requests behind a deployment's revisions learn the second one here, each of them an end."""

from collections.abc import Iterable

from approvals.actions import mark_attempt, mark_outcome
from approvals.models import Request
from approvals.states import RequestOutcome
from deployments.models import ModelDeployment, Rollout
from reconcile.outcome import Outcome

REPLACED = "Replaced: another revision took its place before it was applied."
DELETED = "Deleted: the deployment was deleted before it was applied."


def tell_requests(row: ModelDeployment, outcome: Outcome) -> None:
    """What an attempt means for the revision that serves and for the candidate; to the others nothing will happen any more.

    In the engine's transaction, which holds the row and has just read it.
    """
    if row.deletion_requested_at:
        end_requests(row, DELETED)
        return
    candidates = Rollout.objects.running().filter(deployment=row.pk).values_list("candidate", flat=True)
    standing = [pk for pk in (row.revision_id, *candidates) if pk]
    for request in Request.objects.filter(revision__in=standing).select_related("team"):
        mark_attempt(request, row, outcome)
    end_requests(row, REPLACED, standing)


def end_requests(row: ModelDeployment, why: str, standing: Iterable[int] = ()) -> None:
    """Those that are being applied still, but for the revisions that stand, have failed, and are told why."""
    open_ones = Request.objects.filter(revision__deployment=row.pk, outcome=RequestOutcome.APPLYING).exclude(revision__in=list(standing))
    for request in open_ones.select_related("team"):
        mark_outcome(request, RequestOutcome.FAILED, why)
