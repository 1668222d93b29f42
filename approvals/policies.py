"""Who may do what with a request."""

from accounts.models import Membership, Team, User
from accounts.policies import is_admin, is_approver, is_member, is_owner, sees_everything
from approvals.models import Request


def decides(user: User) -> bool:
    """Whether this person decides requests at all."""
    return is_approver(user) or is_admin(user)


def may_ask(user: User, team: Team) -> bool:
    """Members and owners of the team ask in its name; viewers do not."""
    return is_member(user, team)


def may_ask_anywhere(user: User) -> bool:
    """Whether there is a team in whose name this person may ask: then pages offer to ask."""
    return user.memberships.filter(role__in=[Membership.Role.MEMBER, Membership.Role.OWNER]).exists()


def may_see(user: User, request: Request) -> bool:
    """The team, and those who see everything."""
    return sees_everything(user) or request.team_id in {m.team_id for m in user.memberships.all()}


def may_decide(user: User, request: Request) -> bool:
    """Four eyes: whoever asked, or had it asked, does not decide, whatever other roles they have."""
    return decides(user) and not is_own(user, request)


def is_own(user: User, request: Request) -> bool:
    """Whether this person asked, or did what made the portal ask in another's name."""
    return user.pk in (request.requester_id, request.prompted_by_id)


def may_revise(user: User, request: Request) -> bool:
    """The one who asked, while they still may ask for the team."""
    return request.requester_id == user.pk and is_member(user, request.team)


def may_withdraw(user: User, request: Request) -> bool:
    """The one who asked, or an owner of the team."""
    return request.requester_id == user.pk or is_owner(user, request.team)


def may_comment(user: User, request: Request) -> bool:
    """Everyone who sees it, except those who only look: viewers of the team and auditors."""
    return decides(user) or is_member(user, request.team)
