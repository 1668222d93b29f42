"""Deletes what is ours and no longer wanted: the very object that was recorded, or nothing."""

from typing import Any

from kube.apply import TRIES
from kube.claims import claim_of, not_ours
from kube.connect import Api
from kube.deadline import Deadline
from kube.definitions import presence
from kube.errors import ApiError
from kube.health import terminating
from kube.inventory import Entry, Ref
from kube.kinds import path_of, writable
from kube.result import Result, refused

Inventory = Entry | dict[str, Any]


def delete_object(api: Api, entry: Inventory, *, claim: str, deadline: Deadline | None = None, bootstrap: bool = False) -> Result:
    """Deletes one object by UID and version. deleted: gone. waiting: finalizers hold it. conflict (NotOurs): left alone.

    A refusal becomes a Result; raises only Unreachable and DeadlinePassed (and UnknownKind for a kind outside the table).
    """
    ref = Ref.of(entry)
    kind = writable(ref.api_version, ref.kind, bootstrap=bootstrap)
    for last in (*[False] * (TRIES - 1), True):
        try:
            return _delete(api, ref, entry.get("uid"), claim, deadline)
        except ApiError as error:
            if error.kind_missing and presence(api, kind, deadline=deadline) != "missing":
                return refused(ref, error)
            if error.not_found:
                return _gone(ref)
            # The version moved on between our look and our delete: look again.
            if last or not error.conflict:
                return refused(ref, error)
    raise AssertionError("the loop always returns")


def delete_namespace(api: Api, entry: Inventory, *, claim: str, deadline: Deadline | None = None) -> Result:
    """Deletes a namespace. waiting: the message tells what holds it, in the words of its conditions. Else as `delete_object`."""
    return delete_object(api, entry, claim=claim, deadline=deadline)


def _delete(api: Api, ref: Ref, uid: str | None, claim: str, deadline: Deadline | None) -> Result:
    live = api.request("GET", path_of(ref), deadline=deadline)
    metadata, found = live["metadata"], claim_of(live)
    # A namespace of another UID is another one, whatever claim it wears: with it would go what somebody else has put into it.
    if uid and metadata["uid"] != uid and (found != claim or ref.kind == "Namespace"):
        return _gone(ref)
    # A claim that a hand took away does not make a recorded object a stranger's; another owner's claim does.
    if found != claim and (found is not None or not uid):
        return Result(ref, "conflict", "NotOurs", not_ours(live), uid=uid)
    if metadata.get("deletionTimestamp"):
        return _waiting(ref, live)
    preconditions = {"uid": metadata["uid"], "resourceVersion": metadata["resourceVersion"]}
    options = {"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": preconditions, "propagationPolicy": "Background"}
    answer = api.request("DELETE", path_of(ref), body=options, deadline=deadline)
    held = answer.get("kind") == ref.kind and (ref.kind == "Namespace" or (answer["metadata"].get("finalizers")))
    return _waiting(ref, answer) if held else _gone(ref)


def _gone(ref: Ref) -> Result:
    return Result(ref, "deleted")


def _waiting(ref: Ref, live: dict[str, Any]) -> Result:
    return Result(ref, "waiting", "Terminating", terminating(live), uid=live["metadata"]["uid"], retryable=True, live=live)
