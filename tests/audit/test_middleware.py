"""Every request has an id and a source."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from audit import context
from audit.middleware import RequestIdMiddleware


def seen(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{context.request_id()} {context.source()}")


@pytest.mark.parametrize(("path", "source"), [("/api/v1/teams/", "rest"), ("/admin/", "admin"), ("/teams/", "html")])
def test_a_request_is_known_by_id_and_source(path: str, source: str) -> None:
    request = RequestFactory().get(path, headers={"X-Request-ID": "abc-123"})
    response = RequestIdMiddleware(seen)(request)
    assert isinstance(response, HttpResponse)
    assert response.content.decode() == f"abc-123 {source}"
    assert response["X-Request-ID"] == "abc-123"
    assert (context.request_id(), context.source()) == ("", "system")


@pytest.mark.parametrize("forged", ["a b", "x" * 65, "a\u001b[31m", "<script>", "a\tb", ""])
def test_a_malformed_id_is_replaced(forged: str) -> None:
    request = RequestFactory().get("/", headers={"X-Request-ID": forged})
    response = RequestIdMiddleware(seen)(request)
    assert isinstance(response, HttpResponse)
    assert len(response["X-Request-ID"]) == 32
    assert response["X-Request-ID"] != forged


def test_requests_served_at_once_keep_their_own_ids() -> None:
    both_are_in = threading.Barrier(2)

    def meet(request: HttpRequest) -> HttpResponse:
        both_are_in.wait(10)
        return seen(request)

    requests = [RequestFactory().get("/api/", headers={"X-Request-ID": name}) for name in ("one", "two")]
    with ThreadPoolExecutor(2) as threads:
        answers: list[Any] = list(threads.map(RequestIdMiddleware(meet), requests))
    assert [answer.content.decode() for answer in answers] == ["one rest", "two rest"]
