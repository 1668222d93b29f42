"""Actions: one transaction, one denial entry after the rollback."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import Team, User
from audit.action import action
from audit.errors import Conflict
from audit.models import Entry
from audit.record import record
from tests.factories import make_team, make_user

pytestmark = pytest.mark.django_db


@action("team.paint")
def paint(*, actor: User | None, team: Team, colour: str, fails_with: Exception | None = None) -> str:
    Team.objects.filter(pk=team.pk).update(display_name=colour)
    record(actor=actor, action="team.paint", subject_kind="team", subject_id=team.pk, subject_name=team.name, team_name=team.name)
    if fails_with:
        raise fails_with
    return colour


@action("team.repaint")
def repaint(*, actor: User | None, team: Team, fails_with: Exception | None = None) -> str:
    paint(actor=actor, team=team, colour="red")
    return paint(actor=actor, team=team, colour="blue", fails_with=fails_with)


def colour_of(team: Team) -> str:
    return Team.objects.get(pk=team.pk).display_name


def test_an_accepted_change_leaves_one_entry() -> None:
    alice, team = make_user("alice"), make_team("vision")
    assert paint(actor=alice, team=team, colour="green") == "green"
    entry = Entry.objects.get()
    assert (entry.actor, entry.actor_name, entry.outcome, entry.team_name) == (alice, "alice", "accepted", "vision")


def test_a_denial_rolls_back_and_leaves_one_denied_entry() -> None:
    alice, team = make_user("alice"), make_team("vision", display_name="white")
    with pytest.raises(PermissionDenied):
        paint(actor=alice, team=team, colour="green", fails_with=PermissionDenied("Only painters may."))
    assert colour_of(team) == "white"
    entry = Entry.objects.get()
    assert (entry.outcome, entry.action, entry.subject_kind, entry.subject_name) == ("denied", "team.paint", "team", "vision")
    assert (entry.subject_id, entry.team_name, entry.detail) == (str(team.pk), "vision", {"reason": "Only painters may."})


@pytest.mark.django_db(transaction=True)
def test_a_denial_survives_the_rollback_of_a_real_transaction() -> None:
    alice, team = make_user("alice"), make_team("vision", display_name="white")
    with pytest.raises(PermissionDenied):
        paint(actor=alice, team=team, colour="green", fails_with=PermissionDenied("no"))
    assert colour_of(team) == "white"
    assert [entry.outcome for entry in Entry.objects.all()] == ["denied"]


@pytest.mark.parametrize("failure", [Conflict("taken", "taken"), RuntimeError("bug")])
def test_other_failures_roll_back_and_leave_no_entry(failure: Exception) -> None:
    team = make_team("vision", display_name="white")
    with pytest.raises(type(failure)):
        paint(actor=None, team=team, colour="green", fails_with=failure)
    assert colour_of(team) == "white"
    assert not Entry.objects.exists()


def test_a_denial_inside_another_action_undoes_all_and_is_recorded_once_by_the_outer_name() -> None:
    team = make_team("vision", display_name="white")
    with pytest.raises(PermissionDenied):
        repaint(actor=None, team=team, fails_with=PermissionDenied("no"))
    assert colour_of(team) == "white"
    assert [(entry.action, entry.outcome, entry.actor_name) for entry in Entry.objects.all()] == [("team.repaint", "denied", "system")]


def test_the_next_action_after_a_denial_records_its_own() -> None:
    team = make_team("vision")
    for _ in range(2):
        with pytest.raises(PermissionDenied):
            paint(actor=None, team=team, colour="green", fails_with=PermissionDenied("no"))
    assert Entry.objects.filter(outcome="denied").count() == 2


@pytest.mark.parametrize("key", ["password", "token", "kubeconfig"])
def test_an_entry_cannot_carry_a_secret(key: str) -> None:
    secret: dict[str, Any] = {key: "hunter2"}
    with pytest.raises(ValueError, match=key):
        record(actor=None, action="a.b", subject_kind="x", subject_id=1, subject_name="x", **secret)
    assert not Entry.objects.exists()
