"""Which lines of a log are asked for, and how they are written: tail, since, timestamps, a limit in bytes."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sandbox.nodes.runtime import LogLine


@dataclass(frozen=True)
class LogOptions:
    """The query of a log request; `since` in seconds since the epoch, `limit` in bytes."""

    follow: bool = False
    previous: bool = False
    timestamps: bool = False
    tail: int | None = None
    since: float | None = None
    limit: int | None = None

    def choose(self, lines: Sequence[LogLine]) -> Sequence[LogLine]:
        """The lines that are asked for: first the tail, and of it what is young enough."""
        start = max(len(lines) - self.tail, 0) if self.tail is not None else 0
        since = self.since
        return lines[start:] if since is None else [line for line in lines[start:] if line.at >= since]

    def render(self, lines: Iterable[LogLine]) -> Iterator[bytes]:
        """Each line as it is sent."""
        for line in lines:
            head = f"{_stamp(line.at)} " if self.timestamps else ""
            yield f"{head}{line.text}\n".encode()


def read_log_options(query: Mapping[str, str]) -> LogOptions:
    """Take a query apart; raises ValueError for a value that makes no sense."""
    seconds, since = _number(query, "sinceSeconds", 1), query.get("sinceTime")
    if seconds is not None and since:
        raise ValueError("at most one of sinceTime or sinceSeconds may be specified")
    start = time.time() - seconds if seconds is not None else _instant(since) if since else None
    flags = {name: query.get(name, "").lower() in ("true", "1") for name in ("follow", "previous", "timestamps")}
    return LogOptions(**flags, tail=_number(query, "tailLines", 0), since=start, limit=_number(query, "limitBytes", 1))


def _number(query: Mapping[str, str], name: str, least: int) -> int | None:
    text = query.get(name)
    if not text:
        return None
    number = int(text)
    if number < least:
        raise ValueError(f"{name} must be at least {least}")
    return number


def _instant(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def _stamp(at: float) -> str:
    whole, nanoseconds = divmod(round(at * 1e9), 1_000_000_000)
    return f"{datetime.fromtimestamp(whole, UTC):%Y-%m-%dT%H:%M:%S}.{nanoseconds:09d}Z"
