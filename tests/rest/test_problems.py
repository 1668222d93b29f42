"""Every error of the API is a problem (RFC 9457)."""

from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from tests.clients import session_client
from tests.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.rest.toys")]


def body_of(response: Any, status: int, code: str) -> dict[str, Any]:
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert (body["status"], body["code"]) == (status, code)
    assert body["type"] == "about:blank"
    assert body["title"]
    assert body["request_id"] == response["X-Request-ID"]
    return body


@pytest.mark.parametrize(
    ("kind", "status", "code", "detail"),
    [
        ("not-found", 404, "not_found", "Not found."),
        ("denied", 403, "permission_denied", "Only an owner may."),
        ("conflict", 409, "taken", "The name is taken."),
        ("whole", 400, "invalid", "Start is after end."),
    ],
)
def test_an_expected_error_says_what_it_is(kind: str, status: int, code: str, detail: str) -> None:
    body = body_of(APIClient().get(f"/api/fail/{kind}/"), status, code)
    assert body["detail"] == detail
    assert body["instance"] == f"/api/fail/{kind}/"


def test_messages_are_listed_by_field() -> None:
    assert body_of(APIClient().get("/api/fail/fields/"), 400, "invalid")["errors"] == {"name": ["Too long.", "Not a name."]}


def test_nested_messages_of_a_serializer_have_dotted_names() -> None:
    response = APIClient().post("/api/fail/bug/", {"name": "too long", "gpus": [1, 0]}, format="json")
    assert set(body_of(response, 400, "invalid")["errors"]) == {"name", "gpus.1"}


def test_a_serializer_given_a_list_instead_of_an_object_is_a_problem() -> None:
    response = APIClient().post("/api/fail/bug/", [1], format="json")
    assert list(body_of(response, 400, "invalid")["errors"]) == ["non_field_errors"]


def test_malformed_json_and_foreign_media_types_are_problems() -> None:
    body_of(APIClient().post("/api/fail/bug/", b"{", content_type="application/json"), 400, "parse_error")
    body_of(APIClient().post("/api/fail/bug/", b"<a/>", content_type="text/xml"), 415, "unsupported_media_type")


def test_a_wrong_method_is_a_problem_that_allows_the_right_ones() -> None:
    response = APIClient().delete("/api/fail/bug/")
    body_of(response, 405, "method_not_allowed")
    assert "GET" in response["Allow"]


def test_an_anonymous_caller_is_told_how_to_authenticate() -> None:
    response = APIClient().get("/api/rows/")
    body_of(response, 401, "not_authenticated")
    assert response["WWW-Authenticate"] == "Bearer"


def test_an_unknown_address_below_api_is_a_problem_and_elsewhere_is_not(settings: Any) -> None:
    settings.TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates"}]
    body_of(Client().get("/api/nothing/"), 404, "not_found")
    assert Client().get("/nothing/")["Content-Type"].startswith("text/html")


def test_a_bug_is_a_problem_that_tells_nothing() -> None:
    response = Client(raise_request_exception=False).get("/api/fail/bug/")
    body_of(response, 500, "internal_server_error")
    assert b"hunter2" not in response.content


def test_pages_are_at_most_500_rows_and_an_unknown_page_is_a_problem() -> None:
    client = session_client(make_user())
    answer = client.get("/api/rows/?page_size=100000").json()
    assert set(answer) == {"count", "next", "previous", "results"}
    body_of(client.get("/api/rows/?page=9"), 404, "not_found")
