"""Gives every HTTP request an id and a source, echoed as X-Request-ID, recorded and logged with whatever it causes."""

import re
import uuid
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from audit import context

HEADER = "X-Request-ID"
WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{1,64}")


class RequestIdMiddleware:
    """A malformed id is replaced, never echoed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.request_id = request_id_of(request)  # type: ignore[attr-defined]
        with context.entered(source_of(request), request.request_id):  # type: ignore[attr-defined]
            response = self.get_response(request)
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
