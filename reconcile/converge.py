"""Makes a cluster equal to what a row renders: names saved first, the Namespace, then the rest at once, then what is no longer wanted."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kube.apply import apply_object, create_namespace
from kube.connect import Api
from kube.inventory import Entry, Ref, planned_entry, union
from kube.result import Result
from reconcile.attempt import Attempt
from reconcile.objects import apply_all, prune
from reconcile.outcome import Outcome
from reconcile.standing import intact
from reconcile.summary import merged, raise_outage, summary

Manifest = dict[str, Any]


def converge(row: Any, attempt: Attempt) -> Outcome:
    """One pass over all objects of the row. Each object's result is in the inventory, whatever became of the others."""
    api = attempt.kind.connect(row)
    wanted = attempt.kind.render(row)
    attempt.renew(union(row.inventory, wanted))
    entries = {Ref.of(entry): entry for entry in row.inventory}
    standing = _standing(api, wanted, entries, attempt)
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
    applied = apply_all(api, rest, entries, attempt, fresh=fresh)
    results = [first, *standing.values(), *applied, *prune(api, wanted, row.inventory, attempt)]
    return summary(merged(row.inventory, results), results)


def _standing(api: Api, wanted: list[Manifest], entries: Mapping[Ref, Entry], attempt: Attempt) -> dict[Ref, Result]:
    """What need not be applied; nothing for a row that was never confirmed whole, or whose Namespace does not stand."""
    if not all(entries[Ref.of(manifest)]["digest"] for manifest in wanted):
        return {}
    found = intact(api, wanted, entries, attempt)
    return found if Ref.of(wanted[0]) in found else {}


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
