"""What the results of a pass over a row's objects come to: the inventory after it, and the outcome."""

import datetime as dt
from collections.abc import Iterable

from kube.errors import Unreachable
from kube.inventory import Entry, updated
from kube.result import Result
from reconcile.outcome import Outcome, State

OUTAGE = ("ServiceUnavailable", "ServerTimeout", "Timeout")


def raise_outage(first: Result) -> None:
    """Raises Unreachable when an attempt's first call says that the API server has nothing to work with: no row's failure, and the
    breaker's probe finds the end of it sooner than a row's backoff. With a Retry-After it is busy, not gone."""
    if first.reason in OUTAGE and first.retry_after is None:
        raise Unreachable(first.message)


def merged(inventory: Iterable[Entry], results: Iterable[Result]) -> list[Entry]:
    """The inventory with each result written to its entry, at the present time; confirmed deletions leave it."""
    return updated(inventory, results, dt.datetime.now(dt.UTC))


def summary(inventory: list[Entry], results: list[Result]) -> Outcome:
    """The outcome of a pass: the worst of its results decides, and names the first object at fault."""
    bad = [result for result in results if not result.confirmed]
    if not bad:
        return Outcome("done", "Applied", f"{len(inventory)} objects confirmed", inventory)
    retryable = [result for result in bad if result.retryable or result.state == "waiting"]
    worst = next((result for result in bad if result not in retryable), bad[0])
    message = f"{worst.ref.kind} {worst.ref.name}: {worst.message}"
    if len(bad) > 1:
        message += f" (and {len(bad) - 1} more)"
    if all(result.state == "waiting" for result in bad):
        return Outcome("waiting", worst.reason, message, inventory)
    # An object that only a person can repair does not keep the others from being tried again soon.
    state: State = "retry" if retryable else "refused"
    return Outcome(state, worst.reason, message, inventory, max((r.retry_after or 0.0 for r in retryable), default=0.0))
