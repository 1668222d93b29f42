"""Who may do what with the catalogue. A model without a team, or of a team that is unknown here, is the platform's."""

from accounts.models import Membership, Team, User
from accounts.policies import is_admin, is_member, is_owner, sees_everything
from registry.models import RegisteredModel


def may_register_for(user: User, team: Team | None) -> bool:
    """Members of the team bring models and versions; what is common to all, administrators."""
    return is_admin(user) or (team is not None and is_member(user, team))


def may_register(user: User, model: RegisteredModel) -> bool:
    """Another version of this model."""
    return may_register_for(user, model.team)


def may_tag(user: User, model: RegisteredModel) -> bool:
    """As for registering: a tag says something and moves nothing."""
    return may_register(user, model)


def may_move_alias(user: User, model: RegisteredModel) -> bool:
    """What follows an alias is deployed by it, so it takes an owner of the team, or an administrator."""
    return is_admin(user) or (model.team is not None and is_owner(user, model.team))


def may_register_anywhere(user: User) -> bool:
    """Whether there is any model that this person may bring: then pages offer it."""
    writes = [Membership.Role.MEMBER, Membership.Role.OWNER]
    return is_admin(user) or user.memberships.filter(role__in=writes).exists()


def sees_the_registry(user: User) -> bool:
    """The platform's roles see where the registry is and what it says when it fails."""
    return sees_everything(user)
