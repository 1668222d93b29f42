"""The log of one container, read as it grows: over cut connections, restarts and silences no line is lost and none comes twice."""

import threading
from collections import deque
from collections.abc import Generator, Iterator
from itertools import chain
from typing import Any, NamedTuple
from urllib.parse import quote

from kube.connect import Api
from kube.containers import Standing, standing
from kube.errors import ApiError, KubeError, WatchCut
from kube.lines import LineStream
from kube.log_lines import Line, LineReader, Place, second_of, tail_of

# Of a tail at most so many bytes are kept, its end.
TAIL_BYTES = 1024 * 1024
POLL_SECONDS = 1.0
# A log may be silent for hours; a connection that died unnoticed is found by asking anew.
IDLE_SECONDS = 60.0


class Notice(NamedTuple):
    """What a reader is told between lines: "restarted" (lines of `run` follow), "lost" (runs before `run` are gone from the node)."""

    what: str
    run: int


class LogSource:
    """Reads one container's log: from `after` on, or since a time (nanoseconds since the epoch), or its last `tail` lines, or all of it.

    `stop` ends it from any thread; `follow=False` ends with what is there now; `previous` reads the run before this one, to its end. `uid`
    is that of the pod: another one of the same name is another log.
    """

    def __init__(
        self,
        api: Api,
        namespace: str,
        pod: str,
        container: str,
        *,
        uid: str = "",
        after: Place | None = None,
        since: int | None = None,
        tail: int | None = None,
        follow: bool = True,
        previous: bool = False,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        self.api, self.container, self.idle_seconds = api, container, idle_seconds
        self.follow, self.previous = follow and not previous, previous
        self.uid, self.place, self.since, self.tail = uid, after, since, tail
        self.gone = False
        self._path = f"/api/v1/namespaces/{quote(namespace, safe='')}/pods/{quote(pod, safe='')}"
        self._stopped = threading.Event()
        self._stream: LineStream | None = None
        self._lock = threading.Lock()

    def stop(self) -> None:
        """Ends a running `batches` at once."""
        self._stopped.set()
        with self._lock:
            if self._stream:
                self._stream.interrupt()

    def batches(self) -> Generator[list[Line] | Notice, None, None]:
        """Lines in the order of the log, as many as came together, until the pod is gone or its container is over.

        Raises ApiError (403, 404 for the container, 5xx of the node) and Unreachable; calling it again goes on from the last line.
        """
        drained: Standing | None = None
        while not self._stopped.is_set() and (now := self._standing()):
            if now.started and now != drained:
                try:
                    yield from self._run(now)
                    drained = None if now.running else now
                except WatchCut:
                    continue
            if not self.follow or (now.over and now == drained):
                return
            self._stopped.wait(POLL_SECONDS)

    def _run(self, now: Standing) -> Iterator[list[Line] | Notice]:
        if self.previous:
            yield from self._beginning(now, now.run - 1, {"previous": "true"})
            return
        if self.place is not None and self.place.run < now.run:
            yield from self._earlier(now)
        if self.place is None and self.tail is not None and self.since is None:
            yield from self._beginning(now, now.run, {})
        if self.place is None and self.since is not None:
            self.place = Place(now.run, self.since, -1)
        if self.place is None or self.place.run <= now.run:
            yield from self._read(now, now.run, {"follow": "true"} if self.follow and now.running else {})

    def _earlier(self, now: Standing) -> Iterator[list[Line] | Notice]:
        """What the run before this one wrote after the last line that was read."""
        before = now.run - 1
        if self.place and self.place.run < before:
            yield Notice("lost", before)
        try:
            yield from self._read(now, before, {"previous": "true"})
        except ApiError as error:
            if error.status not in (400, 404):
                raise
            yield Notice("lost", now.run)
        self.place = Place(now.run, 0, -1)
        yield Notice("restarted", now.run)

    def _beginning(self, now: Standing, run: int, query: dict[str, Any]) -> Iterator[list[Line]]:
        """The last `tail` lines of a run, or all of it."""
        if self.tail is None:
            yield from self._read(now, run, query)
            return
        # One more, since the lines of the first moment are left out where some of them may be missing.
        asked = self.tail + 1
        kept: deque[Line] = deque()
        size = 0
        for line in chain.from_iterable(self._lines(now, run, {**query, "tailLines": asked})):
            kept.append(line)
            size += len(line.text)
            while size > TAIL_BYTES:
                size -= len(kept.popleft().text)
        if kept:
            yield self._passed(tail_of(kept, asked)[-self.tail :])

    def _read(self, now: Standing, run: int, query: dict[str, Any]) -> Iterator[list[Line]]:
        yield from map(self._passed, self._lines(now, run, query))

    def _lines(self, now: Standing, run: int, query: dict[str, Any]) -> Iterator[list[Line]]:
        """The lines of one answer. It is looked that this run still stood when the log was opened: else they would be another's."""
        after = self.place
        since = {"sinceTime": second_of(after)} if after and after.at and after.run == run else {}
        stream = self._open({"container": self.container, "timestamps": "true", **since, **query})
        try:
            still = self._standing()
            if still is None or still.run != now.run:
                raise WatchCut("The container was started again meanwhile.")
            reader = LineReader(run, after)
            for chunk in stream.chunks():
                if lines := reader.lines(chunk):
                    yield lines
            if not self._stopped.is_set() and (lines := reader.last()):
                yield lines
        finally:
            self._close(stream)

    def _passed(self, lines: list[Line]) -> list[Line]:
        self.place = lines[-1].place
        return lines

    def _standing(self) -> Standing | None:
        """None once the pod is gone, or another one has its name; `gone` then says so."""
        try:
            now = standing(self.api.request("GET", self._path), self.container)
        except ApiError as error:
            if not error.not_found:
                raise
            self.gone = True
            return None
        self.uid = self.uid or now.pod_uid
        self.gone = now.pod_uid != self.uid
        return None if self.gone else now

    def _open(self, query: dict[str, Any]) -> LineStream:
        with self._lock:
            if self._stopped.is_set():
                raise WatchCut("The reader was told to stop.")
            self._stream = stream = LineStream(self.api, f"{self._path}/log", query, self.idle_seconds)
        try:
            stream.open()
        except KubeError as error:
            self._close(stream)
            if isinstance(error, ApiError) and error.status == 400 and "waiting to start" in error.message:
                raise WatchCut(error.message) from error
            raise
        return stream

    def _close(self, stream: LineStream) -> None:
        with self._lock:
            stream.close()
            self._stream = None
