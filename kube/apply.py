"""Makes one object equal to its manifest by server-side apply, without ever taking over what is not ours."""

from datetime import datetime
from typing import Any

from kube.claims import claim_of, claimed, not_ours
from kube.connect import Answer, Api
from kube.deadline import Deadline
from kube.errors import ApiError
from kube.extras import extras
from kube.inventory import Entry, Ref
from kube.kinds import CLAIM, MANAGER, PREFIX, Kind, path_of, writable
from kube.managers import applied_at, foreign, last_foreign
from kube.ownership import digest, fingerprint, judged_paths
from kube.result import Result, State, refused
from kube.wire import stored_form

APPLY = "application/apply-patch+yaml"
PATCH = "application/json-patch+json"
WRITE = f"fieldManager={MANAGER}&fieldValidation=Strict"
FORCED = WRITE + "&force=true"
TRIES = 4
GUARDED = (PREFIX, "pod-security.kubernetes.io/")


def create_namespace(
    api: Api, name: str, claim: str, labels: dict[str, str], *, uid: str | None = None, deadline: Deadline | None = None
) -> Result:
    """Creates a namespace of name, labels and claim only; one that exists is ours only by its claim (a lost answer) and the known `uid`."""
    ref = Ref("v1", "Namespace", None, name)
    sent = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels, "annotations": {CLAIM: claim}}}
    try:
        live = api.request("POST", "/api/v1/namespaces", query=WRITE, body=sent, deadline=deadline)
        return Result(ref, "created", uid=live["metadata"]["uid"], resource_version=live["metadata"]["resourceVersion"], live=live)
    except ApiError as error:
        if not error.already_exists:
            return refused(ref, error)
    return _existing_namespace(api, ref, claim, uid, deadline)


def _existing_namespace(api: Api, ref: Ref, claim: str, uid: str | None, deadline: Deadline | None) -> Result:
    try:
        live = api.request("GET", path_of(ref), deadline=deadline)
    except ApiError as error:
        return refused(ref, error)
    metadata = live["metadata"]
    if claim_of(live) != claim:
        return Result(ref, "conflict", "NameTaken", f'The namespace "{ref.name}" exists already and is not ours; choose another name.')
    if uid and metadata["uid"] != uid:
        return replaced(ref)
    if metadata.get("deletionTimestamp"):
        message = f'The namespace "{ref.name}" is still being deleted.'
        return Result(ref, "waiting", "Terminating", message, uid=metadata["uid"], retryable=True)
    return Result(ref, "unchanged", uid=metadata["uid"], resource_version=metadata["resourceVersion"], live=live)


def replaced(ref: Ref) -> Result:
    """The namespace that carries the name is another one than ours was."""
    message = f'The namespace "{ref.name}" was deleted and created again by somebody else; nothing was written into it.'
    return Result(ref, "conflict", "NamespaceReplaced", message)


def apply_object(
    api: Api,
    manifest: dict[str, Any],
    *,
    entry: Entry | dict[str, Any] | None = None,
    claim: str,
    fresh: bool = False,
    deadline: Deadline | None = None,
    bootstrap: bool = False,
) -> Result:
    """Applies one manifest. `entry` holds the UID as far as it is known; `fresh` says that its namespace was created in this run.

    A refusal becomes a Result; raises only Unreachable and DeadlinePassed (and UnknownKind for a kind outside the table).
    """
    ref = Ref.of(manifest)
    kind = writable(ref.api_version, ref.kind, bootstrap=bootstrap)
    run = _Run(api, claimed(manifest, claim), ref, kind, dict(entry or {}), claim, deadline)
    try:
        uid = run.entry.get("uid")
        return run.known(uid) if uid else run.unknown(fresh)
    except ApiError as error:
        return refused(ref, error)


def is_guarded(path: str) -> bool:
    """Whether a field of a shared kind is ours alone: our own marks, and the Pod Security level that a tenant is held to."""
    return any(f".{prefix}" in path for prefix in GUARDED)


class _Run:
    """One apply of one object: the arguments that every step of it needs."""

    def __init__(
        self, api: Api, manifest: dict[str, Any], ref: Ref, kind: Kind, entry: dict[str, Any], claim: str, deadline: Deadline | None
    ) -> None:
        self.api, self.manifest, self.ref, self.kind = api, manifest, ref, kind
        self.entry, self.claim, self.deadline = entry, claim, deadline
        self.sent = stored_form(manifest) if kind.ownership == "closed" else manifest
        self.path = path_of(ref)

    def known(self, uid: str) -> Result:
        """Applies onto the object of a known UID; looks again when that one is gone."""
        try:
            return self.finish(self.apply(uid))
        except ApiError as error:
            if not error.uid_mismatch:
                raise
        if self.kind.kind == "Namespace":
            return self.lost_namespace()
        self.entry = {}
        return self.unknown(fresh=False)

    def lost_namespace(self) -> Result:
        """A namespace is never created here: its disappearance is told, and nothing is written."""
        if self.look() is None:
            return Result(self.ref, "failed", "NamespaceGone", f'The namespace "{self.ref.name}" was deleted.')
        return replaced(self.ref)

    def unknown(self, fresh: bool) -> Result:
        """Applies an object of unknown UID: one that exists must carry our claim before anything is written."""
        live = None if fresh else self.look()
        if live is None:
            if self.kind.kind == "Namespace":
                return Result(self.ref, "failed", "NamespaceGone", f'The namespace "{self.ref.name}" does not exist.')
            return self.create()
        if claim_of(live) != self.claim:
            return Result(self.ref, "conflict", "NotOurs", not_ours(live))
        return self.finish(self.apply(live["metadata"]["uid"]))

    def create(self) -> Result:
        """An apply that should create; if it met an object, nobody else may have written to that one."""
        answer = self.apply(None)
        if answer.status != 201 and foreign(answer.body):
            return Result(self.ref, "conflict", "NotOurs", not_ours(answer.body))
        return self.finish(answer)

    def look(self) -> dict[str, Any] | None:
        """The live object, or None."""
        try:
            return self.api.request("GET", self.path, deadline=self.deadline)
        except ApiError as error:
            if error.not_found and not error.kind_missing:
                return None
            raise

    def apply(self, uid: str | None) -> Answer:
        """One server-side apply; a writer who was faster is met by trying again, at most four times."""
        sent = {**self.sent, "metadata": {**self.sent["metadata"], "uid": uid}} if uid else self.sent
        query = FORCED if self.kind.ownership == "closed" else WRITE
        for last in (*[False] * (TRIES - 1), True):
            try:
                return self.api.call("PATCH", self.path, query=query, body=sent, content_type=APPLY, deadline=self.deadline)
            except ApiError as error:
                foreign_fields = [(manager, path) for manager, path in error.field_conflicts if manager != MANAGER and not is_guarded(path)]
                if last or not error.conflict or error.uid_mismatch or foreign_fields:
                    raise
                # Fields of our own creating POST count as another manager's, and guarded ones are nobody else's: ours to take.
                query = FORCED if error.field_conflicts else query
        raise AssertionError("the loop always returns or raises")

    def finish(self, answer: Answer) -> Result:
        """Takes away what a hand has added to a closed kind, then states what the server has now."""
        live, removed = answer.body, ""
        if self.kind.ownership == "closed":
            live, removed, left = self.strip(live)
            if left:
                return Result(self.ref, "conflict", "FoughtBy", self.fought(live, left), uid=live["metadata"]["uid"])
        return self.stated(answer, live, removed)

    def strip(self, live: dict[str, Any]) -> tuple[dict[str, Any], str, list[str]]:
        """(the object without extras, what was removed in words, the paths that could not be removed)."""
        removed: list[str] = []
        for _ in range(TRIES):
            found = extras(self.manifest, live)
            if not found:
                return live, ", ".join(dict.fromkeys(removed)), []
            paths = [op["path"] for op in found]
            try:
                live = self.remove(live, found)
                removed.extend(paths)
            except ApiError as error:
                if not (error.patch_test_failed or error.conflict):
                    raise
                live = self.again(live["metadata"]["uid"])
        return live, ", ".join(dict.fromkeys(removed)), [op["path"] for op in extras(self.manifest, live)]

    def remove(self, live: dict[str, Any], found: list[dict[str, Any]]) -> dict[str, Any]:
        """One JSON patch that holds only for the very object and version that was judged."""
        metadata = live["metadata"]
        tests = [{"op": "test", "path": f"/metadata/{key}", "value": metadata[key]} for key in ("uid", "resourceVersion")]
        return self.api.request("PATCH", self.path, query=WRITE, body=tests + found, content_type=PATCH, deadline=self.deadline)

    def again(self, uid: str) -> dict[str, Any]:
        """The same object as it is now. Raises a retryable ApiError when another one took its place."""
        live = self.api.request("GET", self.path, deadline=self.deadline)
        if live["metadata"]["uid"] != uid:
            raise ApiError(409, "Conflict", f"{self.ref} was replaced during the apply.")
        return live

    def fought(self, live: dict[str, Any], left: list[str]) -> str:
        """Who puts back what we remove, in words."""
        by = (last_foreign(live) or {}).get("manager") or "An admission plugin or another writer"
        return f"{by} puts back what is not wanted here: {', '.join(left)}."

    def stated(self, answer: Answer, live: dict[str, Any], removed: str) -> Result:
        """The result of a confirmed apply."""
        metadata, paths = live["metadata"], judged_paths(self.manifest, live)
        found = digest(live, paths)
        state: State = "created" if answer.status == 201 else "changed" if self.changed(answer, live, removed, found) else "unchanged"
        message = f"Removed what was added by hand: {removed}." if removed else ""
        return Result(
            self.ref,
            state,
            message=message,
            uid=metadata["uid"],
            resource_version=metadata["resourceVersion"],
            digest=found,
            paths=paths,
            applied_at=applied_at(live),
            rendered=fingerprint(self.manifest),
            live=live,
        )

    def changed(self, answer: Answer, live: dict[str, Any], removed: str, found: str) -> bool:
        """Whether this run changed the object; a status that moved on meanwhile is no change of ours."""
        if removed or found != self.entry.get("digest"):
            return True
        if live["metadata"]["resourceVersion"] == self.entry.get("resourceVersion"):
            return False
        applied = applied_at(live)
        if applied is None or applied != self.entry.get("appliedAt"):
            return True
        # Times are whole seconds: within the second of our last change a further one cannot be told from none.
        return answer.date is None or answer.date - datetime.fromisoformat(applied).timestamp() < 1
