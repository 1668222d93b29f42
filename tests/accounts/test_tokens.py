"""API tokens: hashed, scoped, expiring, revocable, many per person."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.actions import create_token, revoke_token
from accounts.models import ApiToken
from audit.errors import Conflict
from audit.models import Entry
from tests.clients import session_client, token_client
from tests.factories import make_token, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.urls")]


def client_with(header: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=header)
    return client


def test_only_a_digest_of_a_token_is_stored() -> None:
    alice = make_user("alice")
    token, plaintext = create_token(actor=alice, user=alice, name="laptop", scopes=["read"])
    assert plaintext.startswith("slw_")
    assert len(plaintext) == 68
    stored = ApiToken.objects.values().get()
    assert stored["digest"] == hashlib.sha512(plaintext.encode()).hexdigest()
    assert plaintext not in str(stored)
    assert plaintext not in str(list(Entry.objects.values()))
    assert timedelta(days=29) < token.expiry - timezone.now() < timedelta(days=31)


@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
def test_a_token_signs_its_person_in(scheme: str) -> None:
    alice = make_user("alice")
    answer = client_with(f"{scheme} {make_token(alice)[1]}").get("/api/v1/me/")
    assert answer.json()["username"] == "alice"


@pytest.mark.parametrize("header", ["Bearer", "Bearer slw_nothing", "Bearer a b", "Bearer \xff\xfe", "Bearer ", "Bearer slw_" + "0" * 64])
def test_a_bad_token_is_unauthorized_even_with_a_session(header: str) -> None:
    client = session_client(make_user())
    client.credentials(HTTP_AUTHORIZATION=header)
    answer = client.get("/api/v1/me/")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize("header", ["Token {}", "Basic {}", "{}"])
def test_a_token_under_another_scheme_opens_nothing(header: str) -> None:
    assert client_with(header.format(make_token(make_user())[1])).get("/api/v1/me/").status_code == 401


def test_an_expired_a_revoked_and_a_deactivated_persons_token_are_refused() -> None:
    alice, gone = make_user("alice"), make_user("gone", is_active=False)
    expired = make_token(alice, expires_in=timedelta(seconds=-1))[1]
    revoked_token, revoked = make_token(alice)
    revoke_token(actor=alice, token=revoked_token)
    for plaintext in (expired, revoked, make_token(gone)[1]):
        assert client_with(f"Bearer {plaintext}").get("/api/v1/me/").status_code == 401


def test_use_is_noted_at_most_once_a_minute() -> None:
    plaintext = make_token(make_user())[1]
    client = client_with(f"Bearer {plaintext}")
    client.get("/api/v1/me/")
    first = ApiToken.objects.get().last_used_at
    assert first is not None
    client.get("/api/v1/me/")
    assert ApiToken.objects.get().last_used_at == first
    long_ago = first - timedelta(seconds=61)
    ApiToken.objects.update(last_used_at=long_ago)
    client.get("/api/v1/me/")
    assert ApiToken.objects.get().last_used_at != long_ago


def test_scopes_bound_what_a_token_may_do() -> None:
    admin = make_user("admin", platform_roles=["admin"])
    reader, writer = token_client(admin, "read"), token_client(admin, "write")
    assert reader.get("/api/v1/teams/").status_code == 200
    refused = reader.post("/api/v1/teams/", {"name": "vision"})
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    denied = Entry.objects.get()
    assert (denied.outcome, denied.subject_kind, len(denied.subject_id)) == ("denied", "apitoken", 36)
    assert writer.post("/api/v1/teams/", {"name": "vision"}).status_code == 201
    assert writer.get("/api/v1/teams/").status_code == 403


def test_a_person_can_make_see_and_revoke_their_tokens_over_rest() -> None:
    client = session_client(make_user("alice"))
    made = client.post("/api/v1/tokens/", {"name": "ci", "scopes": ["read", "write"], "expires_in_days": 7})
    assert (made.status_code, made["Cache-Control"]) == (201, "no-store")
    plaintext = made.json()["token"]
    assert client_with(f"Bearer {plaintext}").get("/api/v1/me/").json()["token"]["name"] == "ci"
    assert plaintext not in client.get("/api/v1/tokens/").content.decode()
    assert client.get(made["Location"]).json()["prefix"] == plaintext[:15]
    assert client.delete(made["Location"]).status_code == 204
    assert client_with(f"Bearer {plaintext}").get("/api/v1/me/").status_code == 401
    assert list(Entry.objects.values_list("action", flat=True)) == ["token.revoke", "token.create"]


def test_nobody_sees_or_revokes_a_strangers_token() -> None:
    token = make_token(make_user("alice"))[0]
    for stranger in (make_user("bob"), make_user("admin", platform_roles=["admin"])):
        client = session_client(stranger)
        address = f"/api/v1/tokens/{token.uid}/"
        assert (client.get(address).status_code, client.delete(address).status_code) == (404, 404)
        assert client.get("/api/v1/tokens/").json()["count"] == 0
    assert ApiToken.objects.filter(pk=token.pk).exists()


def test_not_even_an_admin_can_make_a_token_for_someone_else() -> None:
    admin, alice = make_user("admin", platform_roles=["admin"]), make_user("alice")
    with pytest.raises(PermissionDenied):
        create_token(actor=admin, user=alice, name="x", scopes=["read"])
    assert not ApiToken.objects.exists()


def test_a_token_cannot_make_one_with_more_scopes_or_a_longer_life() -> None:
    alice = make_user("alice")
    client = token_client(alice, "write")
    wider = client.post("/api/v1/tokens/", {"name": "x", "scopes": ["write", "decide"], "expires_in_days": 1})
    assert wider.status_code == 403
    longer = client.post("/api/v1/tokens/", {"name": "x", "scopes": ["write"], "expires_in_days": 2})
    assert (longer.status_code, list(longer.json()["errors"])) == (400, ["expires_in_days"])
    assert token_client(alice, "read").post("/api/v1/tokens/", {"name": "x", "scopes": ["read"]}).status_code == 403
    assert ApiToken.objects.count() == 2
    ApiToken.objects.update(expiry=timezone.now() + timedelta(days=9))
    assert client.post("/api/v1/tokens/", {"name": "x", "scopes": ["write"], "expires_in_days": 2}).status_code == 201


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "x", "scopes": []}, "scopes"),
        ({"name": "x", "scopes": ["root"]}, "scopes.0"),
        ({"name": "x", "scopes": ["read", "read"]}, "scopes"),
        ({"name": "", "scopes": ["read"]}, "name"),
        ({"name": "x", "scopes": ["read"], "expires_in_days": 366}, "expires_in_days"),
        ({"name": "x", "scopes": ["read"], "expires_in_days": 0}, "expires_in_days"),
        ({"name": "x", "scopes": ["read"], "expires_in_days": None}, "expires_in_days"),
    ],
)
def test_a_malformed_token_is_refused_by_field(body: dict[str, Any], field: str) -> None:
    answer = session_client(make_user()).post("/api/v1/tokens/", body, format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize("days", [0, 366, -1])
def test_a_token_always_expires_within_a_year(days: int) -> None:
    with pytest.raises(ValidationError):
        create_token(actor=None, user=make_user(), name="x", scopes=["read"], days=days)


def test_nobody_can_keep_more_than_fifty_live_tokens() -> None:
    alice = make_user("alice")
    for _ in range(50):
        make_token(alice)
    with pytest.raises(Conflict) as refused:
        create_token(actor=alice, user=alice, name="x", scopes=["read"])
    assert refused.value.code == "too_many_tokens"
    ApiToken.objects.update(expiry=timezone.now())
    create_token(actor=alice, user=alice, name="x", scopes=["read"])
