"""Rights over the whole platform."""

from django.utils.translation import gettext as _

from accounts.actions.insert import insert
from accounts.actions.permission import require
from accounts.actions.sessions import end_sessions
from accounts.models import ApiToken, PlatformRole, User
from accounts.models.token import Scope
from accounts.policies import may_administer
from audit.action import action
from audit.errors import Conflict
from audit.record import record


@action("platform_role.set")
def set_platform_role(*, actor: User | None, user: User, role: str, granted: bool) -> None:
    """Give or take a platform role; nothing happens when it stands so already. Admins only; the last admin stays (Conflict "last_admin").

    Losing a role ends the person's sessions, and their tokens that may decide.
    """
    require(may_administer(actor), _("Only an admin may change platform roles."))
    held = PlatformRole.objects.filter(user=user, role=role)
    if held.exists() == granted:
        PlatformRole(user=user, role=role).clean_fields()
        return
    if granted:
        insert(PlatformRole(user=user, role=role))
    else:
        keep_an_admin(user, role)
        held.delete()
        end_sessions(user)
        _delete_deciding_tokens(user)
    _open_admin_site(user)
    record(
        actor=actor,
        action="platform_role.set",
        subject_kind="user",
        subject_id=user.pk,
        subject_name=user.username,
        role=role,
        granted=granted,
    )


def keep_an_admin(user: User, role: str = PlatformRole.Role.ADMIN) -> None:
    """Conflict when `user` is the last active admin and would lose that."""
    if role != PlatformRole.Role.ADMIN:
        return
    # The people are locked too: two admins who deactivate each other at once would otherwise both succeed.
    admins = PlatformRole.objects.select_related("user").select_for_update(of=("self", "user"))
    holders = [held.user_id for held in admins.filter(role=role, user__is_active=True)]
    if holders == [user.pk]:
        raise Conflict(_("%(user)s is the last admin. Make someone else an admin first.") % {"user": user}, "last_admin")


def _delete_deciding_tokens(user: User) -> None:
    deciding = [token.pk for token in ApiToken.objects.filter(user=user) if Scope.DECIDE in token.scopes]
    ApiToken.objects.filter(pk__in=deciding).delete()


def _open_admin_site(user: User) -> None:
    """Django's own flags follow the role; they are never a right of their own."""
    is_admin = PlatformRole.objects.filter(user=user, role=PlatformRole.Role.ADMIN).exists()
    user.is_staff, user.is_superuser = is_admin, is_admin and user.is_superuser
    user.save(update_fields=["is_staff", "is_superuser"])
