"""manage.py demo_accounts: made once, kept, mended."""

import json
import stat
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command
from rest_framework.test import APIClient

from accounts.actions import deactivate_user
from accounts.models import ApiToken, Membership, PlatformRole, User
from audit.models import Entry

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.urls")]
Held = dict[str, dict[str, str]]


@pytest.fixture
def file(settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path / "credentials.json"


def run(file: Path) -> Held:
    out = StringIO()
    call_command("demo_accounts", stdout=out)
    held: Held = json.loads(file.read_text())
    assert not any(secret in out.getvalue() for person in held.values() for secret in person.values())
    return held


def works(held: Held) -> None:
    for name, secrets in held.items():
        assert authenticate(username=name, password=secrets["password"]) is not None
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {secrets['token']}")
        assert client.get("/api/v1/me/").json()["username"] == name


def test_everyone_is_made_with_a_place_a_password_and_a_token(file: Path) -> None:
    held = run(file)
    assert set(held) == {"admin", "approver", "alice", "bob", "carol"}
    works(held)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert set(PlatformRole.objects.values_list("user__username", "role")) == {("admin", "admin"), ("approver", "approver")}
    assert set(Membership.objects.values_list("user__username", "team__name", "role")) == {
        ("alice", "vision", "owner"),
        ("bob", "vision", "member"),
        ("carol", "speech", "owner"),
    }
    scopes = {token.user.username: token.scopes for token in ApiToken.objects.select_related("user")}
    assert (scopes["alice"], scopes["approver"]) == (["read", "write"], ["read", "write", "decide"])
    assert set(Entry.objects.values_list("source", "actor_name")) == {("cli", "system")}


def test_a_second_run_changes_nothing(file: Path) -> None:
    first, entries = run(file), Entry.objects.count()
    before = file.stat().st_mtime_ns
    assert run(file) == first
    assert (file.stat().st_mtime_ns, Entry.objects.count()) == (before, entries)


def test_what_is_missing_is_made_again_and_the_rest_is_kept(file: Path) -> None:
    first = run(file)
    User.objects.filter(username="bob").delete()
    deactivate_user(actor=None, user=User.objects.get(username="carol"))
    Membership.objects.filter(user__username="alice").update(role="viewer")
    second = run(file)
    works(second)
    assert (second["alice"], second["admin"]) == (first["alice"], first["admin"])
    assert second["bob"]["password"] == first["bob"]["password"]
    assert second["carol"]["token"] != first["carol"]["token"]
    assert Membership.objects.get(user__username="alice").role == "viewer"
    assert Membership.objects.get(user__username="bob").role == "member"


@pytest.mark.parametrize("damage", [lambda file: file.unlink(), lambda file: file.write_text("{")])
def test_a_lost_or_damaged_file_is_written_anew_and_former_tokens_end(file: Path, damage: Any) -> None:
    first = run(file)
    damage(file)
    second = run(file)
    works(second)
    assert not {person["password"] for person in first.values()} & {person["password"] for person in second.values()}
    assert ApiToken.objects.count() == 5


def test_a_file_that_others_can_read_is_closed_again(file: Path) -> None:
    run(file)
    file.chmod(0o644)
    run(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
