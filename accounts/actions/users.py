"""Making people, and ending what they may do."""

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.actions.insert import insert
from accounts.actions.permission import require
from accounts.actions.roles import keep_an_admin
from accounts.actions.sessions import end_sessions, end_tokens
from accounts.membership_hooks import membership_changed
from accounts.models import Team, User
from accounts.policies import may_administer
from audit.action import action
from audit.record import record


@action("user.create")
def create_user(
    *, actor: User | None, username: str, password: str | None = None, email: str = "", first_name: str = "", last_name: str = ""
) -> User:
    """The new person; without a password they sign in through an identity provider only. Admins only."""
    require(may_administer(actor), _("Only an admin may create a user."))
    user = User(username=username, email=email, first_name=first_name, last_name=last_name)
    if password is not None:
        check_password_strength(password, user)
    user.set_password(password)
    insert(user)
    _record(actor, "user.create", user)
    return user


@action("user.deactivate")
def deactivate_user(*, actor: User | None, user: User) -> None:
    """End sessions and tokens, refuse further sign-ins, and tell the teams. Admins only; the last admin stays (Conflict)."""
    require(may_administer(actor), _("Only an admin may deactivate a user."))
    if not user.is_active:
        return
    keep_an_admin(user)
    end_tokens(user)
    end_sessions(user)
    _set_active(actor, "user.deactivate", user, active=False)


@action("user.reactivate")
def reactivate_user(*, actor: User | None, user: User) -> None:
    """Let the person sign in again; former sessions and tokens stay ended. Admins only."""
    require(may_administer(actor), _("Only an admin may reactivate a user."))
    if not user.is_active:
        _set_active(actor, "user.reactivate", user, active=True)


def check_password_strength(password: str, user: User) -> None:
    """ValidationError under "password", with all that is wrong with it."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise ValidationError({"password": error.messages}) from error


def _set_active(actor: User | None, name: str, user: User, *, active: bool) -> None:
    user.is_active = active
    user.save(update_fields=["is_active"])
    _record(actor, name, user)
    for team in Team.objects.filter(memberships__user=user):
        membership_changed(team)


def _record(actor: User | None, name: str, user: User, **detail: Any) -> None:
    record(actor=actor, action=name, subject_kind="user", subject_id=user.pk, subject_name=user.username, **detail)
