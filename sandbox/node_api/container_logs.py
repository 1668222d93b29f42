"""GET /containerLogs: from a pod's status to the container whose log is meant, and its lines as a stream."""

import asyncio
from bisect import bisect_right
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from sandbox.node_api.log_options import LogOptions
from sandbox.nodes.runtime import LogLine, Runtime

Object = dict[str, Any]
PULLING = {"ErrImagePull": "image can't be pulled", "ImagePullBackOff": "trying and failing to pull image"}
POLL = 0.1
CHUNK = 64 * 1024


class NoLogError(Exception):
    """There is no log to show, in the words of a kubelet."""


def container_status(pod: Object, container: str) -> Object | None:
    """The status of a container, whether it is an init container or not."""
    status = pod.get("status") or {}
    listed = [*(status.get("containerStatuses") or []), *(status.get("initContainerStatuses") or [])]
    return next((each for each in listed if each["name"] == container), None)


def means_former(pod: Object, container: str, *, previous: bool) -> bool:
    """Whether the log before the last restart is meant; raises NoLogError while there is none to show."""
    name, status = pod["metadata"]["name"], container_status(pod, container)
    if status is None:
        raise NoLogError(f'container "{container}" in pod "{name}" is not available')
    state, last = status.get("state") or {}, (status.get("lastState") or {}).get("terminated")
    started = "running" in state or "terminated" in state
    if previous:
        if not last:
            raise NoLogError(f'previous terminated container "{container}" in pod "{name}" not found')
        return started
    if not started and not last:
        reason = (state.get("waiting") or {}).get("reason", "")
        why = f"is waiting to start: {PULLING.get(reason, reason)}" if reason else "is waiting to start - no logs yet"
        raise NoLogError(f'container "{container}" in pod "{name}" {why}')
    return False


async def stream(runtime: Runtime, now: Callable[[], Object | None], container: str, options: LogOptions) -> AsyncIterator[bytes]:
    """Yield the log in pieces; `now` gives the pod as it is, None once it is gone. With `follow` until the container has ended."""
    left = options.limit
    async for lines in _batches(runtime, now, container, options):
        for piece in _pieces(options, lines):
            yield piece if left is None else piece[:left]
            if left is not None and (left := left - len(piece)) <= 0:
                return


async def _batches(
    runtime: Runtime, now: Callable[[], Object | None], container: str, options: LogOptions
) -> AsyncIterator[Sequence[LogLine]]:
    pod = now()
    if pod is None:
        return
    former, attempt = means_former(pod, container, previous=options.previous), _restarts(pod, container)
    lines = runtime.logs(pod, container, previous=former)
    seen = _Seen()
    seen.take(lines)
    yield options.choose(lines)
    while options.follow and not former:
        current = now()
        runs = current is not None and _runs(current, container)
        restarted = runs and current is not None and _restarts(current, container) != attempt
        yield seen.take(runtime.logs(current or pod, container, previous=restarted))
        if restarted or not runs:
            return
        await asyncio.sleep(POLL)


class _Seen:
    """How far a log that grows at its end, and may lose its beginning, has been read."""

    def __init__(self) -> None:
        self._at, self._same = 0.0, 0

    def take(self, lines: Sequence[LogLine]) -> Sequence[LogLine]:
        """What is new since the last call."""
        start = bisect_right(lines, self._at, key=lambda line: line.at)
        # Of lines of the very same instant some may have come later.
        start -= max(self._same_in(lines, start, self._at) - self._same, 0)
        if lines:
            self._at = max(self._at, lines[-1].at)
        self._same = self._same_in(lines, len(lines), self._at)
        return lines[start:]

    def _same_in(self, lines: Sequence[LogLine], end: int, at: float) -> int:
        start = end
        while start and lines[start - 1].at == at:
            start -= 1
        return end - start


def _pieces(options: LogOptions, lines: Sequence[LogLine]) -> list[bytes]:
    pieces, current = [], bytearray()
    for line in options.render(lines):
        current += line
        if len(current) >= CHUNK:
            pieces.append(bytes(current))
            current.clear()
    return [*pieces, bytes(current)] if current else pieces


def _restarts(pod: Object, container: str) -> int:
    return int((container_status(pod, container) or {}).get("restartCount", 0))


def _runs(pod: Object, container: str) -> bool:
    return "running" in ((container_status(pod, container) or {}).get("state") or {})
