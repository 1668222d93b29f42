"""The admin site: admins only, through the same actions."""

import pytest
from django.test import Client

from accounts.models import ApiToken, Membership, PlatformRole, Team, User
from audit.models import Entry
from audit.record import record
from tests.factories import PASSWORD, make_team, make_token, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.urls"), pytest.mark.usefixtures("plain_pages")]
PAGES = ["user", "team", "membership", "platformrole", "apitoken"]


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(make_user("admin", platform_roles=["admin"], is_staff=True))
    return client


@pytest.mark.parametrize("page", [f"accounts/{name}/" for name in PAGES] + ["audit/entry/", "accounts/user/add/", "accounts/team/add/"])
def test_only_an_admin_can_open_a_page(admin: Client, page: str) -> None:
    assert admin.get(f"/admin/{page}").status_code == 200
    staff = Client()
    staff.force_login(make_user("staff", is_staff=True, is_superuser=True))
    assert staff.get(f"/admin/{page}").status_code == 403
    bob = Client()
    bob.force_login(make_user("bob"))
    assert bob.get(f"/admin/{page}").status_code in (302, 403)


def test_an_admin_can_make_a_person_a_team_and_a_membership_each_with_an_entry(admin: Client) -> None:
    admin.post("/admin/accounts/user/add/", {"username": "bob", "password": PASSWORD})
    admin.post("/admin/accounts/team/add/", {"name": "vision", "display_name": "Vision", "idp_group": ""})
    bob, team = User.objects.get(username="bob"), Team.objects.get()
    admin.post("/admin/accounts/membership/add/", {"team": team.pk, "user": bob.pk, "role": "member"})
    admin.post("/admin/accounts/platformrole/add/", {"user": bob.pk, "role": "auditor"})
    assert bob.check_password(PASSWORD)
    assert Membership.objects.get().role == "member"
    assert PlatformRole.objects.filter(user=bob, role="auditor").exists()
    entries = list(Entry.objects.order_by("id").values_list("action", "actor_name", "source"))
    names = ["user.create", "team.create", "membership.set", "platform_role.set"]
    assert entries == [(name, "admin", "admin") for name in names]


def test_changing_and_removing_go_through_the_actions_too(admin: Client) -> None:
    team = make_team("vision")
    bob = make_user("bob", {team: "member"})
    membership, token = Membership.objects.get(), make_token(bob)[0]
    admin.post(f"/admin/accounts/membership/{membership.pk}/change/", {"role": "owner"})
    assert Membership.objects.get().role == "owner"
    admin.post(f"/admin/accounts/team/{team.pk}/change/", {"display_name": "New", "idp_group": ""})
    assert (Team.objects.get().display_name, Team.objects.get().version) == ("New", 2)
    admin.post(f"/admin/accounts/apitoken/{token.pk}/delete/", {"post": "yes"})
    assert not ApiToken.objects.exists()
    admin.post(f"/admin/accounts/membership/{membership.pk}/delete/", {"post": "yes"})
    assert not Membership.objects.exists()
    admin.post(f"/admin/accounts/user/{bob.pk}/change/", {})
    assert not User.objects.get(username="bob").is_active
    names = ["membership.set", "team.update", "token.revoke", "membership.remove", "user.deactivate"]
    assert list(Entry.objects.order_by("id").values_list("action", flat=True)) == names


def test_a_refusal_is_a_message_and_not_a_failure(admin: Client) -> None:
    role = PlatformRole.objects.get()
    answer = admin.post(f"/admin/accounts/platformrole/{role.pk}/delete/", {"post": "yes"}, follow=True)
    assert "last admin" in answer.content.decode()
    assert PlatformRole.objects.filter(pk=role.pk).exists()
    weak = admin.post("/admin/accounts/user/add/", {"username": "bob", "password": "short"})
    assert "too short" in weak.content.decode()
    assert not User.objects.filter(username="bob").exists()


def test_flags_and_hashes_cannot_be_set_by_extra_fields(admin: Client) -> None:
    bob = make_user("bob")
    admin.post(f"/admin/accounts/user/{bob.pk}/change/", {"is_active": "on", "is_superuser": "on", "username": "root", "password": "x"})
    bob = User.objects.get(pk=bob.pk)
    assert (bob.username, bob.is_superuser, bob.check_password(PASSWORD)) == ("bob", False, True)


def test_an_entry_cannot_be_added_changed_or_deleted(admin: Client) -> None:
    entry = record(actor=None, action="a.b", subject_kind="x", subject_id=1, subject_name="x")
    assert admin.get(f"/admin/audit/entry/{entry.pk}/change/").status_code == 200
    assert admin.get("/admin/audit/entry/add/").status_code == 403
    assert admin.post(f"/admin/audit/entry/{entry.pk}/change/", {"actor_name": "eve"}).status_code == 403
    assert admin.post(f"/admin/audit/entry/{entry.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Entry.objects.get(pk=entry.pk).actor_name == "system"
