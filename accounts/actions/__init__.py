"""Every mutation of accounts: keyword arguments only, `actor` a User or None for the system itself."""

from accounts.actions.memberships import remove_membership, set_membership
from accounts.actions.passwords import change_password
from accounts.actions.roles import set_platform_role
from accounts.actions.teams import create_team, update_team
from accounts.actions.tokens import create_token, revoke_token
from accounts.actions.users import create_user, deactivate_user, reactivate_user

__all__ = [
    "change_password",
    "create_team",
    "create_token",
    "create_user",
    "deactivate_user",
    "reactivate_user",
    "remove_membership",
    "revoke_token",
    "set_membership",
    "set_platform_role",
    "update_team",
]
