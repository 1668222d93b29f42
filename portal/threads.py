"""How the web process does what is synchronous: one call to one thread per request, and threads that are kept with their connections."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase

MOST_KEPT = 32


class OneCallHandler(ASGIHandler):
    """Django's own, but the middleware and the view are one call to the request's thread.

    Between the two Django goes to the event loop and back, and twice more for each middleware that looks at the view.
    """

    def load_middleware(self, is_async: bool = False) -> None:
        """For the chain as it is in a synchronous server; what streams is sent from the event loop nevertheless."""
        super().load_middleware()
        self._in_thread = sync_to_async(self.get_response)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        return await self._in_thread(request)


class KeptThreads:
    """Lends each request a thread of its own, and keeps some of them: a new one would open the database file anew."""

    def __init__(self, application: Any) -> None:
        self._application = application
        self._idle: list[ThreadPoolExecutor] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        thread = self._idle.pop() if self._idle else ThreadPoolExecutor(1, "request")
        try:
            async with ThreadSensitiveContext(executor=thread):
                await self._application(scope, receive, send)
        except BaseException:
            # It may still be at work; it ends with that.
            thread.shutdown(wait=False)
            raise
        if len(self._idle) < MOST_KEPT:
            self._idle.append(thread)
        else:
            thread.shutdown(wait=False)
