"""Views of the test site: a stream, a sign-in, and how many database connections are open."""

from typing import Any

from django.contrib.auth import get_user_model, login, logout
from django.db.backends.signals import connection_created
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import path

from streams.sse import sse_response

OPEN: set[int] = set()
_close = DatabaseWrapper._close


def _opened(connection: Any, **_kwargs: object) -> None:
    OPEN.add(id(connection.connection))


def _closed(self: Any) -> None:
    if self.connection is not None:
        OPEN.discard(id(self.connection))
    _close(self)


connection_created.connect(_opened)
DatabaseWrapper._close = _closed


def stream(request: HttpRequest) -> HttpResponseBase:
    user = get_user_model()
    who = request.user.pk
    return sse_response(request, [request.GET.get("topic", "namespace.1")], lambda: user.objects.filter(pk=who, is_staff=False).exists())


def sign_in(request: HttpRequest, name: str) -> HttpResponse:
    login(request, get_user_model().objects.get_or_create(username=name)[0], backend="django.contrib.auth.backends.ModelBackend")
    return HttpResponse(status=204)


def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return HttpResponse(status=204)


def promote(_request: HttpRequest, name: str) -> HttpResponse:
    get_user_model().objects.filter(username=name).update(is_staff=True)
    return HttpResponse(status=204)


def connections(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(len(OPEN)))


urlpatterns = [
    path("stream", stream),
    path("in/<name>", sign_in),
    path("out", sign_out),
    path("promote/<name>", promote),
    path("connections", connections),
]
