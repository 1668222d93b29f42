"""What stands exactly as it was last confirmed, found by one look per kind: an apply of it would change nothing and cost a write's way."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from kube.connect import Api
from kube.errors import ApiError, Expired
from kube.inventory import Entry, Ref
from kube.kinds import OWNER, path_of
from kube.lists import list_all
from kube.ownership import digest, fingerprint
from kube.result import Result
from reconcile.attempt import Attempt

Manifest = dict[str, Any]
Look = Callable[[], list[dict[str, Any]]]


def intact(
    api: Api,
    wanted: list[Manifest],
    entries: Mapping[Ref, Entry],
    attempt: Attempt,
    all_at_once: Callable[[list[Look]], list[list[dict[str, Any]]]],
) -> dict[Ref, Result]:
    """The objects for which the same is wanted as before and which the cluster still has, under the same UID and unchanged.

    Empty for a row that was never confirmed whole, and without its Namespace. A look that is refused finds nothing: the apply
    that follows then says why.
    """
    if not all(entries[Ref.of(manifest)]["digest"] for manifest in wanted):
        return {}
    space = Ref.of(wanted[0])
    owner = wanted[0]["metadata"]["labels"][OWNER]
    kinds = dict.fromkeys((manifest["apiVersion"], manifest["kind"]) for manifest in wanted[1:])
    looks: list[Look] = [partial(_get, api, space, attempt)]
    looks += [partial(_list, api, *kind, space.name, owner, attempt) for kind in kinds]
    live = {Ref.of(thing): thing for found in all_at_once(looks) for thing in found}
    found = dict(_unchanged(wanted, entries, live))
    return found if space in found else {}


def _unchanged(wanted: list[Manifest], entries: Mapping[Ref, Entry], live: Mapping[Ref, dict[str, Any]]) -> Iterable[tuple[Ref, Result]]:
    for manifest in wanted:
        ref = Ref.of(manifest)
        thing, entry = live.get(ref), entries[ref]
        if thing is None or entry.get("rendered") != fingerprint(manifest):
            continue
        metadata = thing["metadata"]
        if metadata["uid"] == entry["uid"] and "deletionTimestamp" not in metadata and digest(thing, entry) == entry["digest"]:
            yield ref, _as_before(ref, entry, metadata["resourceVersion"])


def _as_before(ref: Ref, entry: Entry, version: str) -> Result:
    return Result(
        ref,
        "unchanged",
        uid=entry["uid"],
        resource_version=version,
        digest=entry["digest"],
        paths=entry["paths"],
        applied_at=entry["appliedAt"],
        rendered=entry["rendered"],
    )


def _get(api: Api, ref: Ref, attempt: Attempt) -> list[dict[str, Any]]:
    try:
        return [api.request("GET", path_of(ref), deadline=attempt.deadline)]
    except ApiError:
        return []


def _list(api: Api, api_version: str, kind: str, namespace: str, owner: str, attempt: Attempt) -> list[dict[str, Any]]:
    try:
        items, _ = list_all(api, api_version, kind, namespace=namespace, label_selector=f"{OWNER}={owner}", deadline=attempt.deadline)
        return list(items)
    except (ApiError, Expired):
        return []
