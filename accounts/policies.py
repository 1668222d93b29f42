"""Who may do what. Every right is read from the database when it is asked for, so a change of roles counts at once."""

from typing import Any

from accounts.models import Membership, PlatformRole, Team


def is_active(user: Any) -> bool:
    """Signed in and not deactivated. False for None (the system) and for anonymous visitors."""
    return bool(user is not None and user.is_authenticated and user.is_active)


def has_platform_role(user: Any, *roles: str) -> bool:
    """Whether the user holds one of the platform roles."""
    return is_active(user) and PlatformRole.objects.filter(user=user, role__in=roles).exists()


def is_admin(user: Any) -> bool:
    return has_platform_role(user, PlatformRole.Role.ADMIN)


def is_approver(user: Any) -> bool:
    return has_platform_role(user, PlatformRole.Role.APPROVER)


def is_auditor(user: Any) -> bool:
    return has_platform_role(user, PlatformRole.Role.AUDITOR)


def sees_everything(user: Any) -> bool:
    """Approvers, admins and auditors read every team's rows."""
    return has_platform_role(user, *PlatformRole.Role.values)


def reads_whole_audit(user: Any) -> bool:
    """Admins and auditors read entries that belong to no team."""
    return has_platform_role(user, PlatformRole.Role.ADMIN, PlatformRole.Role.AUDITOR)


def role_in(user: Any, team: Team) -> str | None:
    """viewer, member, owner, or None."""
    if not is_active(user):
        return None
    return Membership.objects.filter(user=user, team=team).values_list("role", flat=True).first()


def is_member(user: Any, team: Team) -> bool:
    """May ask and deploy for the team: its members and owners, not its viewers."""
    return role_in(user, team) in (Membership.Role.MEMBER, Membership.Role.OWNER)


def is_owner(user: Any, team: Team) -> bool:
    return role_in(user, team) == Membership.Role.OWNER


def may_administer(actor: Any) -> bool:
    """The system itself (None), or an admin."""
    return actor is None or is_admin(actor)


def may_manage_team(actor: Any, team: Team) -> bool:
    """Choose who belongs to the team and what it is called: the system, an admin, one of its owners."""
    return may_administer(actor) or is_owner(actor, team)
