"""The people of the quick start: made by the same actions as anyone else, and mended on every start."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from knox.crypto import hash_token

from accounts import actions
from accounts.credentials import Credentials, new_password
from accounts.models import ApiToken, Team, User

TOKEN_NAME = "demo"  # noqa: S105
TEAMS = {"vision": "Vision", "speech": "Speech"}


@dataclass(frozen=True)
class Person:
    """One demo account: a role in one team, or a platform role."""

    username: str
    team: str = ""
    team_role: str = ""
    platform_role: str = ""

    @property
    def scopes(self) -> list[str]:
        return ["read", "write", "decide"] if self.platform_role else ["read", "write"]


PEOPLE = [
    Person("admin", platform_role="admin"),
    Person("approver", platform_role="approver"),
    Person("alice", team="vision", team_role="owner"),
    Person("bob", team="vision", team_role="member"),
    Person("carol", team="speech", team_role="owner"),
]


def mended(held: Credentials) -> Credentials:
    """The credentials after every missing team, person, role, password and token was made; what still works is kept."""
    for name, display_name in TEAMS.items():
        if not Team.objects.filter(name=name).exists():
            actions.create_team(actor=None, name=name, display_name=display_name)
    return {person.username: _mended_person(person, held.get(person.username) or {}) for person in PEOPLE}


def _mended_person(person: Person, held: dict[str, str]) -> dict[str, str]:
    user = User.objects.filter(username=person.username).first()
    password = held.get("password") or new_password()
    if user is None:
        user = actions.create_user(actor=None, username=person.username, password=password, first_name=person.username.title())
    elif not held.get("password"):
        actions.change_password(actor=None, user=user, password=password)
    _give_place(person, user)
    return {"password": password, "token": _working_token(person, user, held.get("token", ""))}


def _give_place(person: Person, user: User) -> None:
    """The person's role, unless someone has meanwhile given them another one."""
    if not user.is_active:
        actions.reactivate_user(actor=None, user=user)
    if person.platform_role:
        actions.set_platform_role(actor=None, user=user, role=person.platform_role, granted=True)
    elif not user.memberships.filter(team__name=person.team).exists():
        actions.set_membership(actor=None, team=Team.objects.get(name=person.team), user=user, role=person.team_role)


def _working_token(person: Person, user: User, held: str) -> str:
    soon = timezone.now() + timedelta(days=7)
    if held and ApiToken.objects.filter(user=user, digest=hash_token(held), expiry__gt=soon).exists():
        return held
    for former in ApiToken.objects.filter(user=user, name=TOKEN_NAME):
        actions.revoke_token(actor=None, token=former)
    return actions.create_token(actor=None, user=user, name=TOKEN_NAME, scopes=person.scopes, days=365)[1]
