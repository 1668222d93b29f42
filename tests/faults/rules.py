"""What may go wrong with a call: rules pick calls, actions are what happens to them before or after the API server commits."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Container
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.faults.http_stream import json_response, response

When = Literal["before", "after", "stream"]


class Dropped(Exception):
    """The client's connection ends without an answer."""


@dataclass(frozen=True)
class Call:
    """One request that reached the proxy; `number` counts from 1, `at` is monotonic seconds."""

    number: int
    at: float
    verb: str
    path: str
    query: dict[str, str] = field(default_factory=dict)

    @property
    def is_dry_run(self) -> bool:
        return "dryRun" in self.query

    @property
    def is_mutating(self) -> bool:
        return self.verb not in ("GET", "HEAD") and not self.is_dry_run

    @property
    def is_watch(self) -> bool:
        return self.query.get("watch") in ("1", "true")


# An answer to give instead of the API server's, or None to go on.
Action = Callable[[Call], Awaitable[bytes | None]]


@dataclass
class Rule:
    """Calls of `verb` (a regular expression) whose path and query match; of these the ones in `nth`, or all."""

    action: Any
    verb: str = ".*"
    path: str = ""
    nth: Container[int] | None = None
    when: When = "before"
    watch: bool = False
    seen: int = 0
    fired: int = 0

    def picks(self, call: Call) -> bool:
        """Whether this call gets the action; counts it."""
        if call.is_dry_run or call.is_watch != self.watch:
            return False
        if not re.fullmatch(self.verb, call.verb) or not re.search(self.path, call.path):
            return False
        self.seen += 1
        if self.nth is not None and self.seen not in self.nth:
            return False
        self.fired += 1
        return True


REASONS = {403: "Forbidden", 404: "NotFound", 409: "Conflict", 410: "Expired", 422: "Invalid", 429: "TooManyRequests", 500: "InternalError"}


def status(code: int, message: str = "planted by the test", *, reason: str = "", retry_after: float | None = None) -> Action:
    """A refusal in the API server's form."""
    body = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, "message": message}
    body["reason"] = reason or REASONS.get(code, "ServiceUnavailable")
    headers = {"Retry-After": str(retry_after)} if retry_after is not None else {}
    return _answers(json_response(code, body, headers))


def gateway(code: int = 503) -> Action:
    """What a load balancer says when nobody is behind it."""
    return _answers(response(code, b"<html>no upstream</html>", {"Content-Type": "text/html"}))


def _answers(made: bytes) -> Action:
    async def act(call: Call) -> bytes:
        return made

    return act


def drop() -> Action:
    """Ends the connection: before, the call is lost; after, only its answer is."""

    async def act(call: Call) -> None:
        raise Dropped

    return act


def delay(seconds: float) -> Action:
    """Holds the call up, then lets it pass."""

    async def act(call: Call) -> None:
        await asyncio.sleep(seconds)

    return act


def then(work: Callable[[], object]) -> Action:
    """Does something else at this very moment (in a thread), then lets the call pass."""

    async def act(call: Call) -> None:
        await asyncio.to_thread(work)

    return act


def kill(end: Callable[[], object]) -> Action:
    """Ends the caller; nothing is passed on any more."""

    async def act(call: Call) -> None:
        await asyncio.to_thread(end)
        raise Dropped

    return act
