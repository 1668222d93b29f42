"""Ending what a person has open."""

from accounts.models import ApiToken, User
from accounts.models.user import new_session_salt


def end_sessions(user: User) -> None:
    """Every session of the person is over at its next request, wherever sessions are stored."""
    user.session_salt = new_session_salt()
    user.save(update_fields=["session_salt"])


def end_tokens(user: User) -> None:
    """Delete every API token of the person."""
    ApiToken.objects.filter(user=user).delete()
