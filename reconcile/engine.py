"""One attempt at one row, from claim to recorded outcome. The task and the tests call `reconcile`; nothing else does the work."""

import logging

from kube.deadline import DeadlinePassed
from kube.errors import Unreachable
from reconcile import registry
from reconcile.attempt import Attempt, LeaseLost, claim
from reconcile.outcome import Outcome

logger = logging.getLogger(__name__)


def reconcile(kind_name: str, pk: int) -> Outcome | None:
    """Makes the world equal to the row, if the row is due and nobody else is at it. Returns what became of it, or None.

    Never raises for what a cluster, a network or a kind's code does: that is in the outcome and on the row.
    """
    attempt = claim(registry.kind(kind_name), pk)
    if attempt is None:
        return None
    try:
        outcome = _run(attempt)
        attempt.finish(outcome)
    except LeaseLost:
        logger.warning("lost the lease of %s %s; it is due again", kind_name, pk)
        attempt.give_up()
        return None
    return outcome


def _run(attempt: Attempt) -> Outcome:
    try:
        return attempt.kind.run(attempt.row, attempt)
    except Unreachable as error:
        return Outcome("blocked", "ClusterUnreachable", str(error))
    except DeadlinePassed:
        return Outcome("retry", "OutOfTime", "the cluster answered too slowly for one attempt; it is continued")
    except LeaseLost:
        raise
    except Exception as error:
        logger.exception("attempt at %s %s failed", attempt.kind.name, attempt.row.pk)
        return Outcome("retry", "InternalError", f"{type(error).__name__}: {error}"[:500])
