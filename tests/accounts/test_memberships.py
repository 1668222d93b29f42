"""Who may choose who belongs to a team, and that a team keeps an owner."""

import threading
import time
from collections.abc import Iterator

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from accounts import membership_hooks
from accounts.actions import remove_membership, set_membership
from accounts.models import Membership, Team
from audit.errors import Conflict
from audit.models import Entry
from tests.factories import make_team, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def told() -> Iterator[list[str]]:
    names: list[str] = []

    def hook(team: Team) -> None:
        names.append(team.name)

    membership_hooks.on_membership_changed.append(hook)
    yield names
    membership_hooks.on_membership_changed.remove(hook)


def test_an_owner_can_add_and_change_and_remove_a_member(told: list[str]) -> None:
    team = make_team("vision")
    alice, bob = make_user("alice", {team: "owner"}), make_user("bob")
    set_membership(actor=alice, team=team, user=bob, role="member")
    set_membership(actor=alice, team=team, user=bob, role="owner")
    remove_membership(actor=alice, team=team, user=bob)
    assert not Membership.objects.filter(user=bob).exists()
    assert told == ["vision"] * 3
    entries = Entry.objects.order_by("id").values_list("action", "outcome", "subject_name", "team_name")
    assert list(entries) == [
        ("membership.set", "accepted", "bob", "vision"),
        ("membership.set", "accepted", "bob", "vision"),
        ("membership.remove", "accepted", "bob", "vision"),
    ]


def test_the_same_role_again_changes_and_records_nothing(told: list[str]) -> None:
    team = make_team("vision")
    alice = make_user("alice", {team: "owner"})
    set_membership(actor=alice, team=team, user=alice, role="owner")
    assert (told, Entry.objects.count()) == ([], 0)


@pytest.mark.parametrize("role", ["member", "viewer"])
@pytest.mark.parametrize("wanted", ["owner", "viewer"])
def test_a_member_or_viewer_cannot_change_roles_not_even_their_own(role: str, wanted: str) -> None:
    team = make_team("vision")
    bob = make_user("bob", {team: role})
    for target in (bob, make_user("eve")):
        with pytest.raises(PermissionDenied):
            set_membership(actor=bob, team=team, user=target, role=wanted)
    assert list(team.memberships.values_list("user__username", "role")) == [("bob", role)]
    assert Entry.objects.filter(outcome="denied", actor=bob, team_name="vision").count() == 2


def test_an_owner_of_another_team_cannot_manage_this_one() -> None:
    team = make_team("vision")
    carol, bob = make_user("carol", {"speech": "owner"}), make_user("bob", {team: "member"})
    with pytest.raises(PermissionDenied):
        set_membership(actor=carol, team=team, user=carol, role="owner")
    with pytest.raises(PermissionDenied):
        remove_membership(actor=carol, team=team, user=bob)
    assert team.memberships.count() == 1


def test_an_approver_cannot_make_themselves_an_owner() -> None:
    team, approver = make_team("vision"), make_user("approver", platform_roles=["approver"])
    with pytest.raises(PermissionDenied):
        set_membership(actor=approver, team=team, user=approver, role="owner")


def test_the_last_owner_cannot_leave_or_step_down() -> None:
    team = make_team("vision")
    alice = make_user("alice", {team: "owner"})
    make_user("sleeping", {team: "owner"}, is_active=False)
    with pytest.raises(Conflict) as left:
        remove_membership(actor=alice, team=team, user=alice)
    with pytest.raises(Conflict) as stepped_down:
        set_membership(actor=alice, team=team, user=alice, role="viewer")
    assert {left.value.code, stepped_down.value.code} == {"last_owner"}
    assert Membership.objects.get(user=alice).role == "owner"


def test_an_admin_can_remove_the_last_owner() -> None:
    team = make_team("vision")
    alice, admin = make_user("alice", {team: "owner"}), make_user("admin", platform_roles=["admin"])
    remove_membership(actor=admin, team=team, user=alice)
    assert not team.memberships.exists()


def test_a_member_can_leave() -> None:
    team = make_team("vision")
    bob = make_user("bob", {team: "member"})
    remove_membership(actor=bob, team=team, user=bob)
    assert not team.memberships.exists()


def test_a_role_that_does_not_exist_is_refused_by_name() -> None:
    team = make_team("vision")
    alice = make_user("alice", {team: "owner"})
    with pytest.raises(ValidationError) as refused:
        set_membership(actor=alice, team=team, user=make_user("bob"), role="king")
    assert "role" in refused.value.message_dict


def test_a_deactivated_person_cannot_be_added() -> None:
    team = make_team("vision")
    alice, gone = make_user("alice", {team: "owner"}), make_user("gone", is_active=False)
    with pytest.raises(Conflict, match="deactivated"):
        set_membership(actor=alice, team=team, user=gone, role="member")


def test_a_failing_hook_undoes_the_change() -> None:
    team = make_team("vision")
    alice, bob = make_user("alice", {team: "owner"}), make_user("bob")

    def fail(changed: Team) -> None:
        raise RuntimeError(changed.name)

    membership_hooks.on_membership_changed.append(fail)
    try:
        with pytest.raises(RuntimeError):
            set_membership(actor=alice, team=team, user=bob, role="member")
    finally:
        membership_hooks.on_membership_changed.remove(fail)
    assert (team.memberships.count(), Entry.objects.count()) == (1, 0)


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_leave_at_once_cannot_both() -> None:
    team = make_team("vision")
    owners = [make_user(f"owner-{number}", {team: "owner"}) for number in range(2)]
    barrier, codes = threading.Barrier(2), []

    def linger(changed: Team) -> None:
        # Before the commit: without a lock, the other would now still see two owners.
        time.sleep(0.3)

    def leave(index: int) -> None:
        barrier.wait()
        try:
            remove_membership(actor=owners[index], team=team, user=owners[index])
        except Conflict as refusal:
            codes.append(refusal.code)
        finally:
            connection.close()

    membership_hooks.on_membership_changed.append(linger)
    threads = [threading.Thread(target=leave, args=(index,)) for index in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    membership_hooks.on_membership_changed.remove(linger)
    assert (codes, team.memberships.count()) == (["last_owner"], 1)
