"""What the user reads at the end of a start: where the portal is, what the cluster is, who can sign in."""

import json
from collections.abc import Iterator
from pathlib import Path

from accounts.models import Membership, PlatformRole


def sign_ins(home: Path) -> Iterator[str]:
    """One line for each demo account that still exists: name, password, what it may do."""
    for name, secret in json.loads((home / "credentials.json").read_text()).items():
        yield f"    {name:<10} {secret['password']:<26} {', '.join(rights(name)) or 'no rights yet'}"


def rights(username: str) -> list[str]:
    """The account's platform roles and memberships in words."""
    roles = PlatformRole.objects.filter(user__username=username).values_list("role", flat=True)
    members = Membership.objects.filter(user__username=username).values_list("role", "team__name")
    return [*roles, *(f"{role} of team {team}" for role, team in members)]
