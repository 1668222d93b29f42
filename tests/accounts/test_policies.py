"""Rights, by hand in a table."""

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts import policies
from accounts.models import Team, User
from tests.factories import make_team, make_user

pytestmark = pytest.mark.django_db

#        who:        (is_member, is_owner, manages, sees_everything, is_admin, is_approver, is_auditor, reads_whole_audit)
RIGHTS = {
    "owner": (True, True, True, False, False, False, False, False),
    "member": (True, False, False, False, False, False, False, False),
    "viewer": (False, False, False, False, False, False, False, False),
    "stranger": (False, False, False, False, False, False, False, False),
    "admin": (False, False, True, True, True, False, False, True),
    "approver": (False, False, False, True, False, True, False, False),
    "auditor": (False, False, False, True, False, False, True, True),
}


def made(who: str, team: Team) -> User:
    if who in ("owner", "member", "viewer"):
        return make_user(who, {team: who})
    return make_user(who, {"other": "owner"}, [who] if who != "stranger" else [])


@pytest.mark.parametrize("who", RIGHTS)
def test_everyone_has_exactly_the_rights_of_the_table(who: str) -> None:
    team = make_team("vision")
    user = made(who, team)
    assert rights(user, team) == RIGHTS[who]


@pytest.mark.parametrize("who", RIGHTS)
def test_a_deactivated_person_has_none(who: str) -> None:
    team = make_team("vision")
    user = made(who, team)
    user.is_active = False
    assert rights(user, team) == (False,) * 8
    assert not Team.objects.visible_to(user).exists()


def test_an_anonymous_visitor_has_none() -> None:
    team = make_team("vision")
    assert rights(AnonymousUser(), team) == (False,) * 8
    assert not Team.objects.visible_to(AnonymousUser()).exists()


def test_the_system_may_administer_but_belongs_to_no_team() -> None:
    team = make_team("vision")
    assert policies.may_administer(None)
    assert policies.role_in(None, team) is None


def test_a_removed_right_is_gone_at_once() -> None:
    team = make_team("vision")
    user = make_user("alice", {team: "owner"}, ["approver"])
    user.platform_roles.all().delete()
    user.memberships.all().delete()
    assert rights(user, team) == (False,) * 8


def test_djangos_superuser_flag_alone_is_no_right() -> None:
    user = make_user("root", is_superuser=True, is_staff=True)
    assert not policies.is_admin(user)
    assert policies.is_admin(User.objects.create_superuser("made-at-the-console", "", "correct horse battery"))


@pytest.mark.parametrize(
    ("who", "names"), [("owner", {"vision"}), ("stranger", {"other"}), ("admin", {"vision", "other"}), ("auditor", {"vision", "other"})]
)
def test_people_see_their_own_teams_and_platform_roles_see_all(who: str, names: set[str]) -> None:
    team = make_team("vision")
    make_team("other")
    assert {seen.name for seen in Team.objects.visible_to(made(who, team))} == names


def rights(user: object, team: Team) -> tuple[bool, ...]:
    return (
        policies.is_member(user, team),
        policies.is_owner(user, team),
        policies.may_manage_team(user, team),
        policies.sees_everything(user),
        policies.is_admin(user),
        policies.is_approver(user),
        policies.is_auditor(user),
        policies.reads_whole_audit(user),
    )
