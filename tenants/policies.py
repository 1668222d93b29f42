"""Who may do what with a namespace."""

from accounts.models import User
from accounts.policies import is_admin, is_member, is_owner
from tenants.models import Namespace


def may_delete(user: User, namespace: Namespace) -> bool:
    """An owner of its team, or a platform admin."""
    return is_owner(user, namespace.team) or is_admin(user)


def may_retry(user: User, namespace: Namespace) -> bool:
    """Members of the team, and platform admins: a retry changes nothing that is wanted."""
    return is_member(user, namespace.team) or is_admin(user)
