"""A live response for a page: Server-Sent Events of some topics, resumed by Last-Event-ID, ended when the rights end."""

import logging
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _

from streams.entry import RESET, Entry
from streams.hub import hub
from streams.rights import release_connections, still_signed_in
from streams.subscription import Subscription

logger = logging.getLogger(__name__)

KEEPALIVE_SECONDS = 15.0
RIGHTS_SECONDS = 15.0
RETRY_MILLISECONDS = 3_000
PER_USER = 12

_open_by_user: Counter[str] = Counter()


def sse_response(request: HttpRequest, topics: Iterable[str], still_allowed: Callable[[], bool]) -> HttpResponseBase:
    """Stream the events of `topics` to an already authorised request; 429 when the user has too many streams open.

    `still_allowed` is a synchronous question to the database, asked every 15 s in a thread. Each event carries an id. The event
    `reset` with {"reason": ...} ends the stream when events may have been missed: the page reloads what it shows.
    """
    user = str(getattr(request.user, "pk", None) or "token")
    if _open_by_user[user] >= PER_USER:
        return HttpResponse(_("Too many open streams. Close a tab and reload."), status=429, headers={"Retry-After": "10"})
    stream = _Stream(request, frozenset(topics), still_allowed, user)
    headers = {"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"}
    return StreamingHttpResponse(stream.events(), content_type="text/event-stream; charset=utf-8", headers=headers)


class _Stream:
    """The life of one response."""

    def __init__(self, request: HttpRequest, topics: frozenset[str], still_allowed: Callable[[], bool], user: str) -> None:
        self.request, self.topics, self.still_allowed, self.user = request, topics, still_allowed, user
        self.check_at = time.monotonic() + RIGHTS_SECONDS

    async def events(self) -> AsyncIterator[str]:
        """The body, chunk by chunk, until the client leaves or the stream is ended."""
        _open_by_user[self.user] += 1
        source = hub()
        subscription: Subscription | None = None
        try:
            await sync_to_async(release_connections)()
            subscription = await source.subscribe(self.topics, self.request.headers.get("Last-Event-ID", ""))
            yield f"retry: {RETRY_MILLISECONDS}\n{_place(subscription.last_id)}\n"
            async for chunk in self._body(subscription):
                yield chunk
        finally:
            if subscription:
                source.unsubscribe(subscription)
            _open_by_user[self.user] -= 1

    async def _body(self, subscription: Subscription) -> AsyncIterator[str]:
        while True:
            try:
                entry = await subscription.next(min(KEEPALIVE_SECONDS, max(0.01, self.check_at - time.monotonic())))
            except TimeoutError:
                yield f": alive\n{_place(subscription.last_id)}\n"
            else:
                if entry is None:
                    yield _reset(subscription.reason, hub().last_id)
                    return
                yield _lines(entry)
            if not await self._allowed():
                yield _reset("denied", "")
                return

    async def _allowed(self) -> bool:
        if time.monotonic() < self.check_at:
            return True
        self.check_at = time.monotonic() + RIGHTS_SECONDS
        return await sync_to_async(self._ask)()

    def _ask(self) -> bool:
        try:
            return still_signed_in(self.request) and self.still_allowed()
        except Exception:
            logger.exception("the rights of a stream could not be checked; it is closed")
            return False
        finally:
            release_connections()


def _place(entry_id: str) -> str:
    # An id without data moves the browser's Last-Event-ID and fires no event.
    return f"id: {entry_id}\n" if entry_id else ""


def _lines(entry: Entry) -> str:
    return f"id: {entry.id}\nevent: {entry.event}\ndata: {entry.data}\n\n"


def _reset(reason: str, entry_id: str) -> str:
    # The id replaces the one that the browser has: if it comes back with it, it is not reset again for the same gap.
    return f'id: {entry_id}\nevent: {RESET}\ndata: {{"reason":"{reason}"}}\n\n'
