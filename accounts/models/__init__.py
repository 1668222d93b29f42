"""The rows of accounts."""

from accounts.models.team import Membership, Team
from accounts.models.token import ApiToken
from accounts.models.user import PlatformRole, User

__all__ = ["ApiToken", "Membership", "PlatformRole", "Team", "User"]
