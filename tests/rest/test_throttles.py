"""A caller beyond the ceiling is told when to come back; others go on."""

from typing import Any

import pytest
from django.conf import settings
from rest_framework.test import APIClient

from tests.clients import session_client, token_client
from tests.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.rest.toys")]


@pytest.fixture(autouse=True)
def two_a_minute(settings: Any) -> None:
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "DEFAULT_THROTTLE_RATES": {"caller": "2/min"}}


def test_a_token_beyond_the_ceiling_gets_429_with_retry_after() -> None:
    alice = make_user()
    client = token_client(alice)
    assert [client.get("/api/rows/").status_code for _ in range(3)] == [200, 200, 429]
    refused = client.get("/api/rows/")
    assert refused["Content-Type"] == "application/problem+json"
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert token_client(alice).get("/api/rows/").status_code == 200
    assert session_client(alice).get("/api/rows/").status_code == 200


def test_a_forwarding_header_cannot_reset_the_count_of_an_anonymous_caller() -> None:
    answers = [APIClient().get("/api/fail/conflict/", headers={"X-Forwarded-For": f"10.0.0.{number}"}).status_code for number in range(3)]
    assert answers == [409, 409, 429]


def test_the_shipped_ceiling_is_generous() -> None:
    from portal import settings as shipped

    assert shipped.REST_FRAMEWORK["DEFAULT_THROTTLE_CLASSES"] == ["rest.throttles.PerCaller"]
    assert settings.CACHES["local"]["BACKEND"].endswith("LocMemCache")
