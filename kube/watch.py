"""One watch: events of one kind in order, never an older version of an object than was seen, and an end to every silence."""

import threading
from collections.abc import Iterator
from typing import Any

import orjson

from kube.connect import Api
from kube.errors import ApiError, Expired, KubeError, WatchCut, safe_text
from kube.kinds import collection_path
from kube.lines import LineStream
from kube.versions import Seen, number

Event = tuple[str, dict[str, Any], str]


class Watch:
    """A watch of one kind, in one namespace or in all; `events` may be called again and again, `stop` from any thread.

    The server is asked to end each stream after `timeout_seconds`; a stream on which nothing at all came for `idle_seconds` is taken
    for dead. Bookmarks come about once a minute, so an idle time below the timeout would take a quiet cluster for a dead one.
    """

    def __init__(
        self,
        api: Api,
        api_version: str,
        kind: str,
        *,
        namespace: str | None = None,
        label_selector: str | None = None,
        field_selector: str | None = None,
        timeout_seconds: int = 30,
        idle_seconds: float | None = None,
    ) -> None:
        self.api, self.names = api, (api_version, kind)
        self.path = collection_path(api_version, kind, namespace)
        self.idle_seconds = timeout_seconds + 10.0 if idle_seconds is None else idle_seconds
        query = {"watch": "1", "allowWatchBookmarks": "true", "timeoutSeconds": timeout_seconds}
        selectors = {"labelSelector": label_selector, "fieldSelector": field_selector}
        self.query = {**query, **{key: value for key, value in selectors.items() if value}}
        self._seen = Seen()
        self._stopped = threading.Event()
        self._stream: LineStream | None = None
        self._lock = threading.Lock()

    @property
    def stopped(self) -> bool:
        """Whether `stop` was called; `events` then ends at once."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """Ends a running `events` within a second; it returns as if the server had ended the stream."""
        self._stopped.set()
        with self._lock:
            if self._stream:
                self._stream.interrupt()

    def seed(self, items: list[dict[str, Any]]) -> None:
        """Forgets what was seen but these listed objects: what follows a new list may begin at an older version."""
        self._seen.reset(items)

    def events(self, resource_version: str) -> Iterator[Event]:
        """(type, object, resource version to resume from) until the server ends the stream: ADDED, MODIFIED, DELETED, BOOKMARK.

        Raises Expired (list again, then `seed`), WatchCut (resume from the last version), ApiError and Unreachable.
        """
        stream = self._open(resource_version)
        if stream is None:
            return
        resume = resource_version
        try:
            for line in stream:
                kind, thing, version = self._event(line)
                if kind == "BOOKMARK" and _went_back(resume, version):
                    raise Expired("The cluster's history is older than what was seen; it was restored from a backup.")
                if kind != "BOOKMARK" and self._seen.is_stale(kind, thing):
                    continue
                resume = _newest(resume, version)
                yield kind, thing, resume
        except KubeError:
            if not self.stopped:
                raise
        finally:
            self._close(stream)

    def _open(self, resource_version: str) -> LineStream | None:
        with self._lock:
            if self.stopped:
                return None
            self._stream = stream = LineStream(self.api, self.path, {**self.query, "resourceVersion": resource_version}, self.idle_seconds)
        try:
            stream.open()
        except KubeError as error:
            self._close(stream)
            if self.stopped:
                return None
            if isinstance(error, ApiError) and error.expired:
                raise Expired(error.message) from error
            raise
        return stream

    def _close(self, stream: LineStream) -> None:
        with self._lock:
            stream.close()
            self._stream = None

    def _event(self, line: bytes) -> Event:
        try:
            event = orjson.loads(line)
            kind, thing = event["type"], event["object"]
        except (ValueError, KeyError, TypeError) as error:
            raise WatchCut("A line of the watch is not an event.") from error
        if kind == "ERROR":
            raise _error_of(thing)
        thing.setdefault("apiVersion", self.names[0])
        thing.setdefault("kind", self.names[1])
        return kind, thing, (thing.get("metadata") or {}).get("resourceVersion") or ""


def _error_of(status: dict[str, Any]) -> KubeError:
    message = safe_text(status.get("message") or "The API server ended the watch without a reason.")
    if status.get("code") == 410 or status.get("reason") in ("Expired", "Gone"):
        return Expired(message)
    return WatchCut(message)


def _went_back(before: str, after: str) -> bool:
    old, new = number(before), number(after)
    return old is not None and new is not None and new < old


def _newest(before: str, after: str) -> str:
    # An event that arrives late must not move the point of resumption back.
    return before if not after or _went_back(before, after) else after
