"""Gives every HTTP request an id and a source, echoed as X-Request-ID, recorded and logged with whatever it causes."""

import re
import uuid
from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from audit import context

HEADER = "X-Request-ID"
WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{1,64}")


class RequestIdMiddleware:
    """Works under ASGI and WSGI alike; a malformed id is replaced, never echoed."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        request.request_id = request_id_of(request)  # type: ignore[attr-defined]
        return self._acall(request) if self.is_async else self._call(request)

    def _call(self, request: HttpRequest) -> HttpResponseBase:
        with context.entered(source_of(request), request.request_id):  # type: ignore[attr-defined]
            response: HttpResponseBase = self.get_response(request)  # type: ignore[assignment]
        response.headers[HEADER] = request.request_id  # type: ignore[attr-defined]
        return response

    async def _acall(self, request: HttpRequest) -> HttpResponseBase:
        with context.entered(source_of(request), request.request_id):  # type: ignore[attr-defined]
            response: HttpResponseBase = await self.get_response(request)  # type: ignore[misc]
        response.headers[HEADER] = request.request_id  # type: ignore[attr-defined]
        return response


def request_id_of(request: HttpRequest) -> str:
    """The caller's own id when it is well formed, else a new one."""
    given = request.headers.get(HEADER, "")
    return given if WELL_FORMED.fullmatch(given) else uuid.uuid4().hex


def source_of(request: HttpRequest) -> str:
    """The door that the path belongs to: rest, admin or html."""
    if request.path_info.startswith("/api/"):
        return "rest"
    return "admin" if request.path_info.startswith("/admin/") else "html"
