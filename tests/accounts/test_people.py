"""Making and ending people, their platform roles and passwords."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.actions import change_password, create_team, create_user, deactivate_user, reactivate_user, set_platform_role, update_team
from accounts.models import ApiToken, PlatformRole, Team, User
from audit.errors import Conflict
from audit.models import Entry
from tests.clients import session_client, token_client
from tests.factories import PASSWORD, make_team, make_token, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.urls")]
NOT_ADMINS: list[list[str]] = [[], ["approver"], ["auditor"]]


@pytest.mark.parametrize("roles", NOT_ADMINS)
def test_nobody_but_an_admin_can_administer(roles: list[str]) -> None:
    person, other = make_user("person", {"vision": "owner"}, roles), make_user("other")
    attempts = [
        lambda: create_user(actor=person, username="new", password=PASSWORD),
        lambda: deactivate_user(actor=person, user=other),
        lambda: set_platform_role(actor=person, user=person, role="admin", granted=True),
        lambda: set_platform_role(actor=person, user=person, role="approver", granted=False),
        lambda: change_password(actor=person, user=other, password="another good password"),
        lambda: create_team(actor=person, name="new"),
        lambda: update_team(actor=person, team=make_team("vision"), idp_group="everyone"),
    ]
    for attempt in attempts:
        with pytest.raises(PermissionDenied):
            attempt()
    assert Entry.objects.filter(outcome="denied", actor=person).count() == len(attempts)
    assert (User.objects.filter(is_active=True).count(), PlatformRole.objects.count(), Team.objects.count()) == (2, len(roles), 1)
    assert User.objects.get(pk=other.pk).check_password(PASSWORD)


def test_a_deactivated_person_loses_session_token_and_sign_in_and_gets_none_back() -> None:
    admin, bob = make_user("admin", platform_roles=["admin"]), make_user("bob")
    browser, script = session_client(bob), token_client(bob)
    assert (browser.get("/api/v1/me/").status_code, script.get("/api/v1/me/").status_code) == (200, 200)
    deactivate_user(actor=admin, user=User.objects.get(pk=bob.pk))
    assert (browser.get("/api/v1/me/").status_code, script.get("/api/v1/me/").status_code) == (401, 401)
    assert not session_client().login(username="bob", password=PASSWORD)
    reactivate_user(actor=admin, user=User.objects.get(pk=bob.pk))
    assert (browser.get("/api/v1/me/").status_code, script.get("/api/v1/me/").status_code) == (401, 401)
    assert session_client().login(username="bob", password=PASSWORD)


def test_losing_a_platform_role_ends_sessions_and_deciding_tokens() -> None:
    admin, judge = make_user("admin", platform_roles=["admin"]), make_user("judge", platform_roles=["approver"])
    browser = session_client(judge)
    deciding, reading = make_token(judge, "read", "decide")[0], make_token(judge, "read")[0]
    set_platform_role(actor=admin, user=User.objects.get(pk=judge.pk), role="approver", granted=False)
    assert browser.get("/api/v1/me/").status_code == 401
    assert set(ApiToken.objects.filter(user=judge)) == {reading}
    assert deciding not in ApiToken.objects.all()


def test_the_last_admin_cannot_lose_the_role_or_be_deactivated() -> None:
    admin = make_user("admin", platform_roles=["admin"])
    make_user("sleeping", platform_roles=["admin"], is_active=False)
    for attempt in (
        lambda: set_platform_role(actor=admin, user=admin, role="admin", granted=False),
        lambda: deactivate_user(actor=admin, user=admin),
    ):
        with pytest.raises(Conflict) as refused:
            attempt()
        assert refused.value.code == "last_admin"
    other = make_user("other", platform_roles=["admin"])
    deactivate_user(actor=admin, user=other)
    assert not User.objects.get(username="other").is_active


def test_a_platform_role_opens_and_closes_the_admin_site_and_is_recorded() -> None:
    admin, bob = make_user("admin", platform_roles=["admin"]), make_user("bob")
    set_platform_role(actor=admin, user=bob, role="admin", granted=True)
    set_platform_role(actor=admin, user=bob, role="admin", granted=True)
    assert User.objects.get(pk=bob.pk).is_staff
    set_platform_role(actor=admin, user=bob, role="admin", granted=False)
    assert not User.objects.get(pk=bob.pk).is_staff
    assert [entry.detail for entry in Entry.objects.order_by("id")] == [
        {"role": "admin", "granted": True},
        {"role": "admin", "granted": False},
    ]


def test_an_unknown_platform_role_is_refused() -> None:
    for granted in (True, False):
        with pytest.raises(ValidationError):
            set_platform_role(actor=None, user=make_user(), role="king", granted=granted)


def test_a_changed_password_ends_sessions_and_weak_ones_are_refused() -> None:
    bob = make_user("bob")
    browser = session_client(bob)
    with pytest.raises(ValidationError) as refused:
        change_password(actor=bob, user=bob, password="short")
    assert "password" in refused.value.message_dict
    change_password(actor=bob, user=bob, password="a brand new password")
    assert browser.get("/api/v1/me/").status_code == 401
    assert "brand" not in str(list(Entry.objects.values()))


@pytest.mark.parametrize("name", ["Vision", "9lives", "-x", "x-", "a_b", "x" * 41, "ü", "", "vi sion", "vision\n"])
def test_a_malformed_team_name_is_refused(name: str) -> None:
    with pytest.raises(ValidationError) as refused:
        create_team(actor=None, name=name, display_name="X")
    assert "name" in refused.value.message_dict


def test_a_taken_name_is_refused_for_teams_and_for_people_in_any_case() -> None:
    create_team(actor=None, name="vision")
    with pytest.raises(ValidationError):
        create_team(actor=None, name="vision")
    create_user(actor=None, username="alice", password=PASSWORD)
    with pytest.raises(ValidationError):
        create_user(actor=None, username="Alice", password=PASSWORD)


def test_a_name_taken_in_the_same_moment_is_a_conflict(monkeypatch: pytest.MonkeyPatch) -> None:
    make_team("vision")
    monkeypatch.setattr(Team, "full_clean", lambda self: None)
    with pytest.raises(Conflict, match="just now"):
        create_team(actor=None, name="vision")


@pytest.mark.parametrize("group", ["system:masters", "system:authenticated", "SYSTEM:nodes"])
def test_a_kubernetes_group_cannot_be_mapped_to_a_team(group: str) -> None:
    with pytest.raises(ValidationError) as refused:
        create_team(actor=None, name="vision", idp_group=group)
    assert "idp_group" in refused.value.message_dict


def test_a_team_changed_meanwhile_is_a_conflict() -> None:
    team = make_team("vision")
    update_team(actor=None, team=team, display_name="First", version=1)
    with pytest.raises(Conflict) as refused:
        update_team(actor=None, team=team, display_name="Second", version=1)
    assert (refused.value.code, Team.objects.get().display_name, Team.objects.get().version) == ("stale", "First", 2)
