"""Writing the objects of one row: all applies at once, all deletes at once, each with the row's claim and before its deadline."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from kube.apply import apply_object
from kube.connect import Api
from kube.inventory import Entry, Ref, unwanted
from kube.prune import delete_object
from kube.result import Result
from reconcile.attempt import Attempt
from reconcile.together import all_at_once

Manifest = dict[str, Any]


def apply_all(api: Api, manifests: list[Manifest], entries: Mapping[Ref, Entry], attempt: Attempt, *, fresh: bool = False) -> list[Result]:
    """Applies the manifests; `fresh` says that their namespace was created in this attempt, so that nothing can stand in it yet."""
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


def prune(api: Api, wanted: list[Manifest], inventory: list[Entry], attempt: Attempt) -> list[Result]:
    """Deletes what the inventory holds and the row no longer wants; what cannot be deleted stays in the inventory."""
    gone = unwanted(inventory, wanted)
    return all_at_once([partial(delete_object, api, entry, claim=attempt.row.claim, deadline=attempt.deadline) for entry in gone])
