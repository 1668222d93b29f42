"""A live response with the lines of some containers: who may open one, and how many at once."""

from collections import Counter
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _

from logs.choice import Choice
from logs.reading import Beginning
from logs.stream import LogStream

PER_USER = 6

_open_by_user: Counter[str] = Counter()


def log_response(request: HttpRequest, choice: Choice, beginning: Beginning, still_allowed: Callable[[], bool]) -> HttpResponseBase:
    """Stream the lines of what was chosen to an already authorised request; 429 when the user has too many logs open.

    `still_allowed` is a synchronous question to the database, asked every 15 s in a thread.
    """
    user = str(getattr(request.user, "pk", None) or "token")
    if _open_by_user[user] >= PER_USER:
        return HttpResponse(_("Too many logs are open. Close a tab and reload."), status=429, headers={"Retry-After": "10"})
    stream = LogStream(request, choice, beginning, still_allowed)
    headers = {"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"}
    return StreamingHttpResponse(_counted(stream, user), content_type="text/event-stream; charset=utf-8", headers=headers)


async def _counted(stream: LogStream, user: str) -> AsyncGenerator[bytes, None]:
    _open_by_user[user] += 1
    try:
        async with aclosing(stream.events()) as events:
            async for chunk in events:
                yield chunk
    finally:
        _open_by_user[user] -= 1
