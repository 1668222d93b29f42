"""Whatever is sent, the answer is a problem of the caller's making and never a failure of ours."""

import json
from typing import Any

import pytest

from accounts.models import ApiToken, Team
from tests.clients import session_client
from tests.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.urls")]
NASTY: list[Any] = ["\x00", "a\x00b", "\ud800", "x" * 100_000, 10**30, -1, 1e308, True, None, [], {}, [[]], {"a": "\x00"}, "\u202e", "ＡＢ"]
VALID: dict[str, dict[str, Any]] = {
    "/api/v1/teams/": {"name": "vision", "display_name": "Vision", "idp_group": "g"},
    "/api/v1/teams/speech/members/": {"username": "admin", "role": "member"},
    "/api/v1/tokens/": {"name": "x", "scopes": ["read"], "expires_in_days": 1},
    "/api/v1/users/admin/platform-roles/": {"role": "auditor"},
}
FIELDS = [(path, field) for path, body in VALID.items() for field in body]


@pytest.mark.parametrize(("path", "field"), FIELDS)
def test_a_nasty_value_is_refused_or_harmless(path: str, field: str) -> None:
    client = session_client(make_user("admin", {"speech": "owner"}, ["admin"]))
    for number, value in enumerate(NASTY):
        body = {**VALID[path], field: value}
        if path == "/api/v1/teams/" and field != "name":
            body["name"] = f"vision-{number}"
        sent = json.dumps(body)
        answer = client.post(path, sent, content_type="application/json", headers={"Idempotency-Key": str(number)})
        assert answer.status_code in (200, 201, 400, 409), (value, answer.content)
    for team in Team.objects.all():
        team.full_clean()
    for token in ApiToken.objects.all():
        token.full_clean()


@pytest.mark.parametrize("tail", ["%00", "a%00b", "%F0%9F%92%A9", "%ED%A0%80", "..%2f..%2fetc", "x" * 300, "'%20OR%201=1"])
@pytest.mark.parametrize("stem", ["teams/", "teams/speech/members/", "users/", "tokens/", "audit-entries/", "users/admin/platform-roles/"])
def test_a_nasty_address_is_not_found(stem: str, tail: str) -> None:
    client = session_client(make_user("admin", {"speech": "owner"}, ["admin"]))
    assert client.get(f"/api/v1/{stem}{tail}/").status_code in (404, 405)


@pytest.mark.parametrize("number", [0, 10**9, 10**19, 10**40])
def test_a_number_beyond_the_database_is_not_found(number: int) -> None:
    client = session_client(make_user("admin", platform_roles=["admin"]))
    assert client.get(f"/api/v1/audit-entries/{number}/").status_code == 404
    assert client.get(f"/api/v1/teams/?page={number}").status_code == 404


@pytest.mark.parametrize("query", ["name=%00", "name__icontains=%00", "ordering=password", "ordering=-digest", "page=-1", "page_size=-5"])
def test_a_nasty_query_is_no_failure(query: str) -> None:
    client = session_client(make_user("admin", platform_roles=["admin"]))
    for path in ("teams", "users", "tokens", "audit-entries"):
        assert client.get(f"/api/v1/{path}/?{query}").status_code in (200, 400, 404)
