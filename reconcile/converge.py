"""Makes a cluster equal to what a row renders: names saved first, the Namespace, then the rest at once, then what is no longer wanted."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache, partial
from typing import Any, TypeVar

from kube.apply import apply_object, create_namespace
from kube.connect import Api
from kube.errors import Unreachable
from kube.inventory import Entry, Ref, planned_entry, union, unwanted, updated
from kube.prune import delete_object
from kube.result import Result
from reconcile.attempt import Attempt
from reconcile.outcome import Outcome, State
from reconcile.standing import intact

Manifest = dict[str, Any]
Answer = TypeVar("Answer")

CONCURRENCY = 8
OUTAGE = ("ServiceUnavailable", "ServerTimeout", "Timeout")


@cache
def _pool() -> ThreadPoolExecutor:
    """Made on first use, so that it belongs to the worker's child and not to the process that forked it."""
    return ThreadPoolExecutor(CONCURRENCY, thread_name_prefix="apply")


def converge(row: Any, attempt: Attempt) -> Outcome:
    """One pass over all objects of the row. Each object's result is in the inventory, whatever became of the others."""
    api = attempt.kind.connect(row)
    wanted = attempt.kind.render(row)
    attempt.renew(union(row.inventory, wanted))
    entries = {Ref.of(entry): entry for entry in row.inventory}
    standing = intact(api, wanted, entries, attempt, all_at_once)
    first, fresh = standing.pop(Ref.of(wanted[0]), None), False
    if first is None:
        first, fresh = _ensure_namespace(api, wanted[0], entries[Ref.of(wanted[0])], attempt)
        inventory = merged(row.inventory, [first])
        if not first.confirmed:
            raise_outage(first)
            return summary(inventory, [first])
        if not fresh:
            attempt.renew(inventory)
    rest = [manifest for manifest in wanted[1:] if Ref.of(manifest) not in standing]
    applied = _apply_all(api, rest, entries, fresh, attempt)
    results = [first, *standing.values(), *applied, *_prune(api, wanted, row.inventory, attempt)]
    return summary(merged(row.inventory, results), results)


def _ensure_namespace(api: Api, manifest: Manifest, entry: Entry, attempt: Attempt) -> tuple[Result, bool]:
    """The Namespace comes first and alone. The flag says that it was created and its UID kept just now, so nothing can stand in it yet."""
    claim, deadline = attempt.row.claim, attempt.deadline
    if entry["uid"]:
        result = apply_object(api, manifest, entry=entry, claim=claim, deadline=deadline)
        if result.reason != "NamespaceGone":
            return result, False
    metadata = manifest["metadata"]
    made = create_namespace(api, metadata["name"], claim, metadata["labels"], deadline=deadline)
    if not made.confirmed:
        return made, False
    entry = planned_entry(manifest) | {"uid": made.uid, "resourceVersion": made.resource_version}
    attempt.renew([entry, *attempt.row.inventory[1:]])
    result = apply_object(api, manifest, entry=entry, claim=claim, deadline=attempt.deadline)
    fresh = result.confirmed and made.state == "created"
    return (replace(result, state="created") if fresh else result), fresh


def _apply_all(api: Api, manifests: list[Manifest], entries: dict[Ref, Entry], fresh: bool, attempt: Attempt) -> list[Result]:
    work = [
        partial(
            apply_object,
            api,
            manifest,
            entry=None if fresh else entries.get(Ref.of(manifest)),
            claim=attempt.row.claim,
            fresh=fresh,
            deadline=attempt.deadline,
        )
        for manifest in manifests
    ]
    return all_at_once(work)


def _prune(api: Api, wanted: list[Manifest], inventory: list[Entry], attempt: Attempt) -> list[Result]:
    """Deletes what the inventory holds and the row no longer wants; what cannot be deleted stays in the inventory."""
    gone = unwanted(inventory, wanted)
    return all_at_once([partial(delete_object, api, entry, claim=attempt.row.claim, deadline=attempt.deadline) for entry in gone])


def all_at_once(work: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """Runs the calls concurrently and waits for every one of them, so that no call of this attempt outlives it; then the
    first failure of the connection or the deadline is raised."""
    futures = [_pool().submit(call) for call in work]
    failures = [future.exception() for future in futures]
    for failure in failures:
        if failure is not None:
            raise failure
    return [future.result() for future in futures]


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
