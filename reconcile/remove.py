"""Takes a doomed row's objects out of its cluster: the Namespace goes, the cluster takes the rest with it."""

from typing import Any

from kube.inventory import Ref
from kube.prune import delete_namespace
from reconcile.attempt import Attempt
from reconcile.outcome import Outcome, State
from reconcile.summary import merged, raise_outage


def remove(row: Any, attempt: Attempt) -> Outcome:
    """One pass of a deletion. `waiting` while the Namespace is Terminating, with the cluster's own words why; `removed` when it is gone."""
    api = attempt.kind.connect(row)
    space = next((entry for entry in row.inventory if entry["kind"] == "Namespace"), None)
    if space is None:
        return Outcome("removed", "Deleted", "nothing was ever created", [])
    result = delete_namespace(api, space, claim=row.claim, deadline=attempt.deadline)
    never_ours = result.reason == "NotOurs" and not space["uid"]
    if never_ours:
        return Outcome("removed", "Deleted", f"{Ref.of(space).name} is somebody else's; nothing of ours was ever created in it", [])
    if result.state == "deleted":
        return Outcome("removed", "Deleted", f"{Ref.of(space).name} and everything in it is gone", [])
    raise_outage(result)
    inventory = merged(row.inventory, [result])
    if result.state == "waiting":
        return Outcome("waiting", "Terminating", result.message, inventory)
    state: State = "retry" if result.retryable else "refused"
    return Outcome(state, result.reason, result.message, inventory, result.retry_after or 0.0)
