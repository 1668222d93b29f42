"""The sign-in page: throttled, even-timed, CSRF-guarded, closed to newcomers and to forged headers."""

from typing import Any

import pytest
from allauth.account.adapter import get_adapter
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache
from django.test import Client, RequestFactory

from accounts.models import User
from audit.models import Entry
from tests.factories import PASSWORD, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.urls")]
LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def no_attempts_yet(plain_pages: None) -> None:
    cache.clear()


def sign_in(client: Client, login: str, password: str) -> Any:
    return client.post(LOGIN, {"login": login, "password": password})


def signed_in(client: Client) -> bool:
    return client.get("/api/v1/me/").status_code == 200


def test_a_person_can_sign_in_and_out() -> None:
    make_user("alice")
    client = Client()
    assert sign_in(client, "alice", PASSWORD).status_code == 302
    assert signed_in(client)
    kept = client.cookies["sessionid"].value
    client.get("/accounts/logout/")
    assert signed_in(client)
    client.post("/accounts/logout/")
    assert not signed_in(client)
    replayed = Client()
    replayed.cookies["sessionid"] = kept
    assert not signed_in(replayed)


def test_a_wrong_password_or_a_deactivated_person_cannot_sign_in() -> None:
    make_user("alice")
    make_user("gone", is_active=False)
    for login, password in (("alice", "wrong"), ("gone", PASSWORD), ("nobody", PASSWORD), ("alice@example.com", PASSWORD)):
        client = Client()
        sign_in(client, login, password)
        assert not signed_in(client)


def test_the_answer_does_not_tell_who_exists(caplog: pytest.LogCaptureFixture) -> None:
    make_user("alice")
    texts = [str(sign_in(Client(), name, "wrong").context["form"].errors) for name in ("alice", "nobody")]
    assert texts[0] == texts[1]
    assert "nobody" not in caplog.text
    assert caplog.text.count("sign-in refused") == 2


def test_an_unknown_name_costs_the_same_hashing_as_a_wrong_password(monkeypatch: pytest.MonkeyPatch) -> None:
    make_user("alice")
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(self: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    counts = []
    for name in ("alice", "nobody"):
        hashed.clear()
        assert authenticate(username=name, password="wrong") is None
        counts.append(len(hashed))
    assert counts == [1, 1]


def test_guessing_is_throttled_across_processes_even_with_the_right_password_at_last() -> None:
    make_user("alice")
    for _ in range(5):
        sign_in(Client(), "alice", "wrong")
    client = Client()
    sign_in(client, "alice", PASSWORD)
    assert not signed_in(client)


def test_the_throttle_cannot_be_shed_with_a_forwarding_header() -> None:
    make_user("alice")
    for number in range(40):
        Client().post(LOGIN, {"login": f"user-{number}", "password": "x"}, headers={"X-Forwarded-For": f"10.0.0.{number}"})
    refused = Client().post(LOGIN, {"login": "alice", "password": PASSWORD}, headers={"X-Forwarded-For": "10.9.9.9"})
    assert refused.status_code == 429


def test_sign_in_and_out_need_a_csrf_token() -> None:
    make_user("alice")
    client = Client(enforce_csrf_checks=True)
    assert sign_in(client, "alice", PASSWORD).status_code == 403
    client.force_login(User.objects.get())
    assert client.post("/accounts/logout/").status_code == 403
    assert signed_in(client)


def test_nobody_can_sign_up() -> None:
    Client().post("/accounts/signup/", {"username": "eve", "password1": PASSWORD})
    assert not User.objects.exists()
    assert not get_adapter().is_open_for_signup(RequestFactory().get("/"))


def test_the_admin_sites_own_sign_in_is_not_a_way_around() -> None:
    make_user("admin", platform_roles=["admin"], is_staff=True)
    client = Client()
    answer = client.post("/admin/login/", {"username": "admin", "password": PASSWORD})
    assert answer["Location"].startswith(LOGIN)
    assert not signed_in(client)


@pytest.mark.parametrize("header", ["X-Forwarded-User", "X-Remote-User", "Remote-User", "Impersonate-User", "kubeflow-userid"])
def test_an_identity_header_signs_nobody_in(header: str) -> None:
    make_user("alice")
    assert Client().get("/api/v1/me/", headers={header: "alice"}).status_code == 401


def test_a_password_changed_on_the_account_page_is_audited_and_ends_other_sessions() -> None:
    make_user("alice")
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        sign_in(client, "alice", PASSWORD)
    fresh = "a brand new password"
    here.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": fresh, "password2": fresh})
    assert User.objects.get().check_password(fresh)
    assert (signed_in(here), signed_in(elsewhere)) == (True, False)
    assert Entry.objects.get().action == "user.change_password"


def test_a_password_cannot_be_changed_without_the_old_one() -> None:
    make_user("alice")
    client = Client()
    sign_in(client, "alice", PASSWORD)
    fresh = "a brand new password"
    client.post("/accounts/password/change/", {"oldpassword": "wrong", "password1": fresh, "password2": fresh})
    assert User.objects.get().check_password(PASSWORD)
