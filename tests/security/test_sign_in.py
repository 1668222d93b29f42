"""S8: every unsafe method of a session needs the CSRF token; sign-in is throttled and takes the same time for every name."""

import logging
import statistics
import time

import pytest
from django.conf import settings as configured
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.cache import cache
from django.test import Client

import portal.settings
from tests.factories import PASSWORD, make_user
from tests.security.asking import ask
from tests.security.expectations import table
from tests.security.routes import every_route

TABLE = table()
UNSAFE = [(route, method) for route in every_route() for method in ("POST", "PUT", "PATCH", "DELETE") if (route.key, method) in TABLE]
LOGIN = "/account/login/"


@pytest.fixture(autouse=True)
def quiet():
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize(("route", "method"), UNSAFE, ids=[f"{method}-{route.key}" for route, method in UNSAFE])
def test_a_session_changes_nothing_without_the_csrf_token(world, route, method):
    cells = TABLE[route.key, method].cells
    doers = [role for role in ("owner", "approver", "admin") if cells.get(role, "").startswith(("2", "3"))]
    for role in doers[:2]:
        answer = ask(world, route, method, role, csrf=True)
        assert (answer.cell, answer.tables) == ("403", set()), role


def test_the_sign_in_itself_needs_the_csrf_token(db):
    make_user("alice")
    for path in (LOGIN, "/admin/login/"):
        answer = Client(enforce_csrf_checks=True).post(path, {"login": "alice", "username": "alice", "password": PASSWORD})
        assert answer.status_code == 403 or answer["Location"].startswith(LOGIN)
        assert "sessionid" not in answer.cookies


def test_a_token_needs_no_csrf_token_and_a_session_beside_it_lends_it_nothing(world):
    client = world.client("approver:rw", csrf=True)
    client.cookies[configured.SESSION_COOKIE_NAME] = world.keys["admin"]
    answer = client.post("/api/v1/teams/", {"name": "robotics"}, format="json")
    assert answer.status_code == 403
    assert "admin" in answer.json()["detail"].lower(), "it was judged as the token's person, not as the admin of the session"


def sign_in(name, password, path=LOGIN, **headers):
    client = Client()
    return client, client.post(path, {"login": name, "username": name, "password": password}, headers=headers)


def is_in(client):
    return client.get("/api/v1/me/").status_code == 200


def test_guessing_one_persons_password_is_throttled(db):
    cache.clear()
    make_user("alice")
    for number in range(6):
        sign_in("alice", f"wrong {number}")
    assert not is_in(sign_in("alice", PASSWORD)[0])
    cache.clear()
    assert is_in(sign_in("alice", PASSWORD)[0])


def test_guessing_over_many_names_from_one_place_is_throttled_whatever_it_forwards(db):
    cache.clear()
    make_user("alice")
    for number in range(40):
        answer = sign_in(f"user-{number}", "x", **{"X-Forwarded-For": f"10.0.0.{number}"})[1]
    assert answer.status_code == 429
    assert not is_in(sign_in("alice", PASSWORD, **{"X-Forwarded-For": "10.9.9.9"})[0])


def test_the_admin_sites_sign_in_signs_nobody_in_by_itself(db):
    make_user("ada", platform_roles=["admin"], is_staff=True)
    client, answer = sign_in("ada", PASSWORD, "/admin/login/")
    assert answer["Location"].startswith(LOGIN)
    assert not is_in(client)


def test_sign_in_leads_nowhere_else(db):
    cache.clear()
    make_user("alice")
    for target in ("https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"):
        answer = Client().post(f"{LOGIN}?next={target}", {"login": "alice", "password": PASSWORD, "next": target})
        assert answer["Location"] == "/", target


def test_a_wrong_name_takes_as_long_as_a_wrong_password(db, settings):
    """With the hasher that is shipped; time of this thread, so that a busy machine does not matter."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    make_user("alice")
    make_user("gone", is_active=False)
    assert PBKDF2PasswordHasher.iterations >= 600_000
    medians = {name: statistics.median(seconds(name) for _ in range(3)) for name in ("alice", "nobody", "gone")}
    assert min(medians.values()) > 0.05, "the real hasher is slow"
    assert max(medians.values()) < 1.6 * min(medians.values()), medians


def seconds(name):
    cache.clear()
    begun = time.thread_time()
    sign_in(name, "wrong")
    return time.thread_time() - begun


def test_the_shipped_settings_hash_passwords_slowly():
    assert not hasattr(portal.settings, "PASSWORD_HASHERS"), "Django's own, the slowest first"
