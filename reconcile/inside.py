"""The passes over a row whose objects live in a namespace that another row owns: the same rules, but the namespace is only looked at."""

from dataclasses import replace
from typing import Any

from kube.apply import replaced
from kube.connect import Api
from kube.errors import ApiError
from kube.health import terminating
from kube.inventory import Entry, Ref, union
from kube.kinds import path_of
from kube.result import Result, refused
from reconcile.attempt import Attempt
from reconcile.objects import apply_all, prune
from reconcile.outcome import Outcome
from reconcile.standing import intact
from reconcile.summary import merged, raise_outage, summary

NOT_READY = "NamespaceNotReady"


def converge_inside(row: Any, attempt: Attempt, space: Entry | None) -> Outcome:
    """One pass over all objects of the row, inside the namespace that `space` records in its owner's inventory.

    Nothing is written unless that very namespace stands: `waiting` (NamespaceNotReady) while it does not, `refused`
    (NamespaceReplaced) when another one carries its name.
    """
    if space is None or not space["uid"]:
        return Outcome("waiting", NOT_READY, "Its namespace has not been applied yet.")
    api = attempt.kind.connect(row)
    wanted = _inside(attempt.kind.render(row), space)
    attempt.renew(union(row.inventory, wanted))
    look = _look(api, space, attempt)
    if look.state != "unchanged":
        return _not_now(look)
    entries = {Ref.of(entry): entry for entry in row.inventory}
    standing = intact(api, wanted, entries, attempt)
    applied = apply_all(api, [each for each in wanted if Ref.of(each) not in standing], entries, attempt)
    results = [*standing.values(), *applied, *prune(api, wanted, row.inventory, attempt)]
    return summary(merged(row.inventory, results), results)


def remove_inside(row: Any, attempt: Attempt, space: Entry | None) -> Outcome:
    """One pass of a deletion: exactly what the row's inventory names, each by its UID.

    `waiting` while a finalizer holds something, with the cluster's own words; what cannot be deleted stays in the inventory; `removed` when
    all of it is gone, as it is when the namespace is gone or another one carries its name.
    """
    if not row.inventory:
        return Outcome("removed", "Deleted", "nothing was ever created", [])
    api = attempt.kind.connect(row)
    known = space if space and space["uid"] else None
    if known:
        look = _look(api, known, attempt)
        if look.state in ("deleted", "conflict"):
            return Outcome("removed", "Deleted", f"it went with the namespace {known['name']}", [])
        if look.state == "failed":
            return _not_now(look)
    results = [_settled(result, row) for result in prune(api, [], row.inventory, attempt)]
    if not known:
        # Else the look at the namespace was the first call: a 503 for one object after it is no outage of the cluster.
        raise_outage(results[0])
    outcome = summary(merged(row.inventory, results), results)
    return outcome if outcome.state != "done" else Outcome("removed", "Deleted", "everything of it is gone", [])


def _inside(wanted: list[dict[str, Any]], space: Entry) -> list[dict[str, Any]]:
    outside = [str(ref) for ref in map(Ref.of, wanted) if ref.namespace != space["name"]]
    if outside:
        raise ValueError(f"not in the namespace {space['name']}: {', '.join(outside)}")
    return wanted


def _look(api: Api, space: Entry, attempt: Attempt) -> Result:
    """unchanged: the recorded namespace stands. deleted: there is none. waiting: it is on its way out. conflict: it is another one."""
    ref = Ref.of(space)
    try:
        live = api.request("GET", path_of(ref), deadline=attempt.deadline)
    except ApiError as error:
        return Result(ref, "deleted", message="It is not there now.") if error.not_found else refused(ref, error)
    if live["metadata"]["uid"] != space["uid"]:
        return replaced(ref)
    if live["metadata"].get("deletionTimestamp"):
        return Result(ref, "waiting", "Terminating", f"It is being deleted. {terminating(live)}")
    return Result(ref, "unchanged")


def _not_now(look: Result) -> Outcome:
    """Why this attempt ends with the look at the namespace; the inventory stays as it is."""
    raise_outage(look)
    if look.state in ("deleted", "waiting"):
        return Outcome("waiting", NOT_READY, f"Namespace {look.ref.name}: {look.message}")
    return replace(summary([], [look]), inventory=None)


def _settled(result: Result, row: Any) -> Result:
    """Of an object that was never seen, one of somebody else's is no trace of ours: there is nothing left to delete."""
    known = next((entry for entry in row.inventory if Ref.of(entry) == result.ref), None)
    if result.reason == "NotOurs" and known is not None and not known["uid"]:
        return Result(result.ref, "deleted")
    return result
