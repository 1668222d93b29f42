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
from reconcile.together import all_at_once

Manifest = dict[str, Any]
Look = Callable[[], list[dict[str, Any]]]


def intact(api: Api, wanted: list[Manifest], entries: Mapping[Ref, Entry], attempt: Attempt) -> dict[Ref, Result]:
    """The objects for which the same is wanted as before and which the cluster still has, under the same UID and unchanged.

    Cluster-wide objects are read one by one, the others by a list per kind and namespace. A look that is refused finds nothing: the
    apply that follows then says why.
    """
    known = [manifest for manifest in wanted if entries[Ref.of(manifest)]["digest"]]
    looks: list[Look] = [partial(_get, api, ref, attempt) for ref in map(Ref.of, known) if ref.namespace is None]
    live = {Ref.of(thing): thing for found in all_at_once([*looks, *_lists(api, known, attempt)]) for thing in found}
    return dict(_unchanged(known, entries, live))


def _lists(api: Api, known: list[Manifest], attempt: Attempt) -> list[Look]:
    inside = [(Ref.of(manifest), manifest["metadata"]["labels"][OWNER]) for manifest in known if Ref.of(manifest).namespace]
    places = dict.fromkeys((ref.api_version, ref.kind, ref.namespace or "", owner) for ref, owner in inside)
    return [partial(_list, api, *place, attempt) for place in places]


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
