"""WATCH: the state or a version to start from, then every change, filtered, with bookmarks."""

import time
from collections.abc import AsyncIterator, Iterator

from sandbox.api.cluster import Cluster
from sandbox.api.reads import Chooser, chooser
from sandbox.api.request import Request, Target
from sandbox.kinds.errors import StatusError, bad_request, gone
from sandbox.kinds.table import Kind
from sandbox.storage.history import Change
from sandbox.storage.stored import Stored, encode

BOOKMARK_EVERY = 5.0
LONGEST = 1800.0
INITIAL_END = "k8s.io/initial-events-end"


async def watch(cluster: Cluster, request: Request, target: Target, kind: Kind) -> AsyncIterator[bytes]:
    """Yield lines of events until the time is up; an empty chunk means that nothing happened for a while."""
    chooses, seconds = _chooser(request, target, kind), _seconds(request)
    deadline, bookmarks = time.monotonic() + seconds, request.flag("allowWatchBookmarks")
    history = cluster.store.history(kind)
    start, position = _start(cluster, request, kind)
    if start is None:
        for line in _initial(cluster, target, kind, chooses):
            yield line
    if request.flag("sendInitialEvents") and bookmarks:
        yield _bookmark(kind, cluster.store.version, initial=True)
    if position is None:
        yield _error(gone(f"too old resource version: {start} ({history.floor})"))
        return
    told = time.monotonic()
    while (left := deadline - time.monotonic()) > 0:
        changes = history.read(position)
        if changes is None:
            yield _error(gone(f"too old resource version: {start} ({history.floor})"))
            return
        position += len(changes)
        lines = b"".join(_event(change, chooses) for change in changes)
        if lines:
            yield lines
        elif not changes:
            await history.wait(min(left, BOOKMARK_EVERY))
        if time.monotonic() - told >= BOOKMARK_EVERY:
            told = time.monotonic()
            yield _bookmark(kind, cluster.store.version) if bookmarks and history.read(position) == [] else b""


def _start(cluster: Cluster, request: Request, kind: Kind) -> tuple[int | None, int | None]:
    """The version to start from (None: begin with the current state) and the position in the history (None: it is gone)."""
    text, history = request.option("resourceVersion"), cluster.store.history(kind)
    if text in ("", "0") or request.flag("sendInitialEvents"):
        return None, history.position_after(cluster.store.version)
    if not text.isdigit():
        raise bad_request(f'resourceVersion: Invalid value: "{text}": strconv.ParseUint: parsing "{text}": invalid syntax')
    return int(text), history.position_after(int(text))


def _chooser(request: Request, target: Target, kind: Kind) -> Chooser:
    chooses = chooser(request, kind)
    space = target.namespace if kind.namespaced else ""
    return lambda stored: (not space or stored.namespace == space) and (not target.name or stored.name == target.name) and chooses(stored)


def _initial(cluster: Cluster, target: Target, kind: Kind, chooses: Chooser) -> Iterator[bytes]:
    space = target.namespace if kind.namespaced and target.namespace else None
    for stored in list(cluster.store.items(kind, space)):
        if chooses(stored):
            yield _line("ADDED", stored)


def _event(change: Change, chooses: Chooser) -> bytes:
    was = change.before is not None and chooses(change.before)
    stays = change.after is not None and chooses(change.after)
    if not was and not stays:
        return b""
    if stays:
        return _line("MODIFIED" if was else "ADDED", change.last)
    return _line("DELETED", _left(change))


def _left(change: Change) -> Stored:
    """The object that left the selection: its last matching state under the version of the change."""
    before = change.before
    if before is None or change.after is None:
        return change.last
    metadata = {**before.value["metadata"], "resourceVersion": str(change.version)}
    return Stored(before.kind, {**before.value, "metadata": metadata}, change.version)


def _line(name: str, stored: Stored) -> bytes:
    return f'{{"type":"{name}","object":'.encode() + stored.full + b"}\n"


def _bookmark(kind: Kind, version: int, *, initial: bool = False) -> bytes:
    metadata = {"resourceVersion": str(version), "creationTimestamp": None}
    if initial:
        metadata["annotations"] = {INITIAL_END: "true"}  # type: ignore[assignment]
    return encode({"type": "BOOKMARK", "object": {"kind": kind.name, "apiVersion": kind.api_version, "metadata": metadata}}) + b"\n"


def _error(error: StatusError) -> bytes:
    return encode({"type": "ERROR", "object": error.body()}) + b"\n"


def _seconds(request: Request) -> float:
    text = request.option("timeoutSeconds")
    if text and not text.isdigit():
        raise bad_request(f'strconv.ParseInt: parsing "{text}": invalid syntax')
    return min(float(text), LONGEST) if text and int(text) else LONGEST
