"""WATCH: the state or a version to start from, then every change, filtered, with bookmarks."""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from sandbox.api.cluster import Cluster
from sandbox.api.list_options import check_watch_options, number, version_of
from sandbox.api.reads import Chooser, chooser
from sandbox.api.request import Request, Target
from sandbox.api.tables.forms import Form, wanted_form
from sandbox.kinds.errors import StatusError, gone
from sandbox.kinds.table import Kind
from sandbox.storage.encoding import encode
from sandbox.storage.history import Change
from sandbox.storage.stored import Stored

BOOKMARK_EVERY = 5.0
LONGEST = 1800.0
INITIAL_END = "k8s.io/initial-events-end"


@dataclass(frozen=True)
class _Watch:
    """What was asked for; `since` is the version after which it begins, or None for now, `initial`: with the state of that moment."""

    kind: Kind
    space: str | None
    form: Form
    chooses: Chooser
    seconds: float
    since: int | None
    initial: bool
    bookmarks: bool
    marks_initial_end: bool


def watch(cluster: Cluster, request: Request, target: Target, kind: Kind) -> AsyncIterator[bytes]:
    """Lines of events until the time is up; an empty chunk means that nothing happened for a while. Raises StatusError at once."""
    check_watch_options(request)
    version, is_streaming, bookmarks = version_of(request), request.flag("sendInitialEvents"), request.flag("allowWatchBookmarks")
    asked = _Watch(
        kind,
        target.namespace if kind.namespaced and target.namespace else None,
        wanted_form(request),
        _chooser(request, target, kind),
        _seconds(request),
        since=version if version and not is_streaming else None,
        initial=is_streaming or not (version or "sendInitialEvents" in request.query),
        bookmarks=bookmarks,
        marks_initial_end=is_streaming and bookmarks,
    )
    return _events(cluster, asked)


async def _events(cluster: Cluster, asked: _Watch) -> AsyncIterator[bytes]:
    form, kind, history = asked.form, asked.kind, cluster.store.history(asked.kind)
    told = time.monotonic()
    deadline = told + asked.seconds
    position = history.position_after(cluster.store.version if asked.since is None else asked.since)
    # Taken in the same moment as the position: nothing is missed in between, and nothing told twice.
    for stored in list(cluster.store.items(kind, asked.space)) if asked.initial else ():
        if asked.chooses(stored):
            yield _line("ADDED", form.event(stored))
    if asked.marks_initial_end:
        yield _bookmark(form, kind, cluster.store.version, initial=True)
    while position is not None and (left := deadline - time.monotonic()) > 0:
        changes = history.read(position)
        if changes is None:
            position = None
            break
        position += len(changes)
        lines = b"".join(_event(change, asked.chooses, form, kind) for change in changes)
        if lines:
            yield lines
        elif not changes:
            await history.wait(min(left, BOOKMARK_EVERY))
        if time.monotonic() - told >= BOOKMARK_EVERY:
            told = time.monotonic()
            yield _bookmark(form, kind, cluster.store.version) if asked.bookmarks and history.read(position) == [] else b""
    if position is None:
        yield _error(gone(f"too old resource version: {asked.since} ({history.floor})"))


def _chooser(request: Request, target: Target, kind: Kind) -> Chooser:
    chooses = chooser(request, kind)
    space = target.namespace if kind.namespaced else ""
    return lambda stored: (not space or stored.namespace == space) and (not target.name or stored.name == target.name) and chooses(stored)


def _event(change: Change, chooses: Chooser, form: Form, kind: Kind) -> bytes:
    was = change.before is not None and chooses(change.before)
    stays = change.after is not None and chooses(change.after)
    if not was and not stays:
        return b""
    if stays:
        return _line("MODIFIED" if was else "ADDED", form.event(change.last.shown_as(kind)))
    return _line("DELETED", form.event(_left(change).shown_as(kind)))


def _left(change: Change) -> Stored:
    """The object that left the selection: its last matching state under the version of the change."""
    before = change.before
    if before is None or change.after is None:
        return change.last
    metadata = {**before.value["metadata"], "resourceVersion": str(change.version)}
    return Stored(before.kind, {**before.value, "metadata": metadata}, change.version)


def _line(name: str, shown: bytes) -> bytes:
    return f'{{"type":"{name}","object":'.encode() + shown + b"}\n"


def _bookmark(form: Form, kind: Kind, version: int, *, initial: bool = False) -> bytes:
    metadata: dict[str, Any] = {"resourceVersion": str(version), "creationTimestamp": None}
    if initial:
        metadata["annotations"] = {INITIAL_END: "true"}
    return encode({"type": "BOOKMARK", "object": form.bookmark(kind, metadata)}) + b"\n"


def _error(error: StatusError) -> bytes:
    return encode({"type": "ERROR", "object": error.body()}) + b"\n"


def _seconds(request: Request) -> float:
    return min(float(seconds), LONGEST) if (seconds := number(request, "timeoutSeconds")) > 0 else LONGEST
