"""Rows for tests, by plain functions. They write rows directly: the actions have tests of their own."""

import itertools
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone
from knox.models import get_digest_token

from accounts.models import ApiToken, Membership, PlatformRole, Team, User

PASSWORD = "correct horse battery staple"
_numbers = itertools.count(1)


def make_team(name: str = "", **fields: Any) -> Team:
    """A team, named `team-<n>` unless told otherwise; the same name gives the same team."""
    name = name or f"team-{next(_numbers)}"
    return Team.objects.get_or_create(name=name, defaults={"display_name": name.title(), **fields})[0]


def make_user(
    name: str = "", team_roles: Mapping[str | Team, str] | None = None, platform_roles: Iterable[str] = (), **fields: Any
) -> User:
    """A person with PASSWORD, memberships such as {"vision": "owner"} and platform roles such as ["approver"]."""
    name = name or f"user-{next(_numbers)}"
    user = User.objects.create_user(name, f"{name}@example.com", PASSWORD, **fields)
    for team, role in (team_roles or {}).items():
        Membership.objects.create(user=user, team=make_team(team) if isinstance(team, str) else team, role=role)
    for role in platform_roles:
        PlatformRole.objects.create(user=user, role=role)
    return user


def make_token(user: User, *scopes: str, expires_in: timedelta = timedelta(days=1)) -> tuple[ApiToken, str]:
    """The token's row and its plaintext; scopes read and write unless named."""
    digest, plaintext = get_digest_token()
    token = ApiToken.objects.create(
        user=user,
        digest=digest,
        token_key=plaintext[:15],
        name="test",
        scopes=list(scopes) or ["read", "write"],
        expiry=timezone.now() + expires_in,
    )
    return token, plaintext
