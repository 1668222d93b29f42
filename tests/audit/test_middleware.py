"""Every request has an id and a source, under WSGI and ASGI alike."""

import asyncio
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from audit import context
from audit.middleware import RequestIdMiddleware


def seen(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{context.request_id()} {context.source()}")


async def seen_async(request: HttpRequest) -> HttpResponse:
    await asyncio.sleep(0)
    return seen(request)


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
    async def both() -> list[str]:
        middleware = RequestIdMiddleware(seen_async)
        requests = [RequestFactory().get("/api/", headers={"X-Request-ID": name}) for name in ("one", "two")]
        answers: list[Any] = await asyncio.gather(*map(middleware, requests))  # type: ignore[arg-type]
        return [answer.content.decode() for answer in answers]

    assert asyncio.run(both()) == ["one rest", "two rest"]
