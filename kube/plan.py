"""What an apply would do, asked of the API server itself by a dry run; nothing is written."""

from typing import Any

from kube.apply import APPLY, FORCED, WRITE
from kube.claims import claim_of, claimed, not_ours
from kube.connect import Answer, Api
from kube.deadline import Deadline
from kube.diff import marked_lines
from kube.errors import ApiError
from kube.extras import extras
from kube.inventory import Entry, Ref
from kube.kinds import MANAGER, Kind, path_of, writable
from kube.patching import without
from kube.wire import stored_form

DRY = "&dryRun=All"
Verdict = dict[str, Any]


def dry_run(
    api: Api,
    manifest: dict[str, Any],
    *,
    entry: Entry | dict[str, Any] | None = None,
    claim: str,
    stand_in_namespace: str | None = None,
    deadline: Deadline | None = None,
) -> Verdict:
    """{ref, verdict, message, diff, stand_in}: creates | changes | unchanged | refused | conflict | unavailable.

    `ref` is a dict of apiVersion, kind, namespace, name; `diff` a list of [mark, line]. An object whose namespace does not exist is
    tried in `stand_in_namespace`. Raises Unreachable, DeadlinePassed and UnknownKind, as apply does.
    """
    ref = Ref.of(manifest)
    kind = writable(ref.api_version, ref.kind)
    attempt = _Attempt(api, claimed(manifest, claim), kind, (entry or {}).get("uid"), claim, deadline)
    try:
        if kind.kind == "Namespace" and not attempt.uid:
            return attempt.namespace()
        return attempt.object(stand_in_namespace)
    except ApiError as error:
        return verdict_of(ref, error)


def verdict_of(ref: Ref, error: ApiError) -> Verdict:
    """The verdict that a refusal of the dry run stands for, in the server's own words."""
    if error.field_conflicts:
        owners = "; ".join(f"{manager} owns {path}" for manager, path in error.field_conflicts)
        return _verdict(ref, "conflict", f"Another manager owns fields of this object: {owners}.")
    if error.kind_missing:
        return _verdict(ref, "unavailable", f"The cluster does not know {ref.api_version} {ref.kind} at present.")
    if error.namespace_missing:
        return _verdict(ref, "unavailable", f'The namespace "{ref.namespace}" does not exist, and there is none to try it in.')
    return _verdict(ref, "unavailable" if error.retryable else "refused", error.message)


def _verdict(ref: Ref, verdict: str, message: str = "", diff: list[list[str]] | None = None, stand_in: bool = False) -> Verdict:
    where = {"apiVersion": ref.api_version, "kind": ref.kind, "namespace": ref.namespace, "name": ref.name}
    return {"ref": where, "verdict": verdict, "message": message, "diff": diff or [], "stand_in": stand_in}


class _Attempt:
    """One dry run of one object."""

    def __init__(self, api: Api, manifest: dict[str, Any], kind: Kind, uid: str | None, claim: str, deadline: Deadline | None) -> None:
        self.api, self.manifest, self.kind, self.uid = api, manifest, kind, uid
        self.claim, self.deadline, self.ref = claim, deadline, Ref.of(manifest)

    def namespace(self) -> Verdict:
        """A namespace of ours is created by POST, so it is tried by POST: its name has to be free, or ours."""
        try:
            made = self.api.request("POST", "/api/v1/namespaces", query=WRITE + DRY, body=self.manifest, deadline=self.deadline)
            return _verdict(self.ref, "creates", diff=marked_lines(None, made))
        except ApiError as error:
            if not error.already_exists:
                raise
        live = self.live()
        if claim_of(live) != self.claim:
            return _verdict(self.ref, "conflict", f'NameTaken: the namespace "{self.ref.name}" exists already and is not ours.')
        self.uid = live["metadata"]["uid"]
        return self.object(None)

    def object(self, stand_in: str | None) -> Verdict:
        """Any other object: applied on trial where it belongs, or in the stand-in when its namespace does not exist yet."""
        try:
            answer = self.apply(self.manifest, self.uid)
        except ApiError as error:
            if error.uid_mismatch:
                return self.other_uid(stand_in)
            if stand_in and error.namespace_missing:
                return self.in_stand_in(stand_in)
            raise
        if answer.status == 201:
            return _verdict(self.ref, "creates", diff=marked_lines(None, answer.body))
        live = self.live()
        if not self.uid and claim_of(live) != self.claim:
            return _verdict(self.ref, "conflict", not_ours(live))
        return self.compared(live, answer.body)

    def compared(self, live: dict[str, Any], tried: dict[str, Any]) -> Verdict:
        """The verdict on an object of ours that exists; what a hand has added to a closed kind would be taken away."""
        after = without(tried, extras(self.manifest, tried)) if self.kind.ownership == "closed" else tried
        diff = marked_lines(live, after)
        return _verdict(self.ref, "changes" if any(mark != " " for mark, _ in diff) else "unchanged", diff=diff)

    def other_uid(self, stand_in: str | None) -> Verdict:
        """The recorded object is gone: a namespace is not ours any more, anything else is tried as a new object."""
        if self.kind.kind == "Namespace":
            message = f'The namespace "{self.ref.name}" is not the one that was created; it was deleted or replaced.'
            return _verdict(self.ref, "conflict", message)
        self.uid = None
        return self.object(stand_in)

    def in_stand_in(self, namespace: str) -> Verdict:
        """The trial in an empty namespace of the portal; the lines name the namespace that is meant."""
        moved = {**self.manifest, "metadata": {**self.manifest["metadata"], "namespace": namespace}}
        answer = self.apply(moved, None)
        made = {**answer.body, "metadata": {**answer.body["metadata"], "namespace": self.ref.namespace}}
        return _verdict(self.ref, "creates", diff=marked_lines(None, made), stand_in=True)

    def apply(self, manifest: dict[str, Any], uid: str | None) -> Answer:
        """One server-side apply on trial; fields that our own creating POST owns are no conflict."""
        sent = stored_form(manifest) if self.kind.ownership == "closed" else manifest
        sent = {**sent, "metadata": {**sent["metadata"], "uid": uid}} if uid else sent
        query = FORCED if self.kind.ownership == "closed" else WRITE
        try:
            return self.api.call("PATCH", path_of(Ref.of(sent)), query=query + DRY, body=sent, content_type=APPLY, deadline=self.deadline)
        except ApiError as error:
            if {manager for manager, _ in error.field_conflicts} != {MANAGER}:
                raise
        return self.api.call("PATCH", path_of(Ref.of(sent)), query=FORCED + DRY, body=sent, content_type=APPLY, deadline=self.deadline)

    def live(self) -> dict[str, Any]:
        """The object as it stands."""
        return self.api.request("GET", path_of(self.ref), deadline=self.deadline)
