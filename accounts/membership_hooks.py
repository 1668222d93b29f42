"""What else must follow when the people of a team change. Higher apps add to the list when they are loaded."""

from collections.abc import Callable

from accounts.models import Team

on_membership_changed: list[Callable[[Team], None]] = []


def membership_changed(team: Team) -> None:
    """Call every hook, inside the transaction of the change: a hook that fails undoes the change."""
    for hook in on_membership_changed:
        hook(team)
