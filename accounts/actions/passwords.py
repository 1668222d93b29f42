"""Changing a password, from the account page or by an admin."""

from django.utils.translation import gettext as _

from accounts.actions.permission import require
from accounts.actions.users import check_password_strength
from accounts.models import User
from accounts.policies import may_administer
from audit.action import action
from audit.record import record


@action("user.change_password")
def change_password(*, actor: User | None, user: User, password: str) -> None:
    """Set it and end every session made with the former one. The person or an admin; the caller has asked for the old one."""
    own = actor is not None and actor.pk == user.pk
    require(own or may_administer(actor), _("Only the person or an admin may change this password."))
    check_password_strength(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    record(actor=actor, action="user.change_password", subject_kind="user", subject_id=user.pk, subject_name=user.username)
