"""Who belongs to a team, and as what."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.actions.insert import insert
from accounts.actions.permission import require
from accounts.membership_hooks import membership_changed
from accounts.models import Membership, Team, User
from accounts.policies import may_administer, may_manage_team
from audit.action import action
from audit.errors import Conflict
from audit.record import record


@action("membership.set")
def set_membership(*, actor: User | None, team: Team, user: User, role: str) -> Membership:
    """The membership, new or changed; the same role again changes nothing. Owners of the team and admins only."""
    _manage(actor, team)
    membership = Membership.objects.filter(team=team, user=user).first()
    if membership is not None and membership.role == role:
        return membership
    former = membership.role if membership else None
    if membership is None:
        membership = _added(team, user, role)
    else:
        _keep_an_owner(actor, membership)
        membership.role = role
        membership.full_clean()
        membership.save(update_fields=["role"])
    _changed(actor, "membership.set", membership, role=role, former_role=former)
    return membership


@action("membership.remove")
def remove_membership(*, actor: User | None, team: Team, user: User) -> None:
    """End the membership. Owners and admins may; anyone may leave. Conflict "not_a_member", or "last_owner" for the last owner."""
    if actor is None or actor.pk != user.pk:
        _manage(actor, team)
    _lock(team)
    membership = Membership.objects.filter(team=team, user=user).first()
    if membership is None:
        raise Conflict(_("%(user)s is not in this team.") % {"user": user}, "not_a_member")
    _keep_an_owner(actor, membership)
    Membership.objects.filter(pk=membership.pk).delete()
    _changed(actor, "membership.remove", membership, former_role=membership.role)


def _manage(actor: User | None, team: Team) -> None:
    require(may_manage_team(actor, team), _("Only an owner of the team or an admin may choose who belongs to it."))
    _lock(team)


def _lock(team: Team) -> None:
    # Two owners who remove each other at once would otherwise both succeed.
    Team.objects.select_for_update().get(pk=team.pk)


def _added(team: Team, user: User, role: str) -> Membership:
    if not user.is_active:
        raise Conflict(_("%(user)s is deactivated. Ask an admin to reactivate the account first.") % {"user": user}, "inactive_user")
    membership = Membership(team=team, user=user, role=role)
    insert(membership)
    return membership


def _keep_an_owner(actor: User | None, membership: Membership) -> None:
    """Only an admin may leave a team without an owner."""
    if membership.role != Membership.Role.OWNER or may_administer(actor):
        return
    if not Membership.objects.active().owners().filter(team=membership.team).exclude(pk=membership.pk).exists():
        raise Conflict(_("A team needs an owner. Make someone else an owner first."), "last_owner")


def _changed(actor: User | None, name: str, membership: Membership, **detail: Any) -> None:
    team, user = membership.team, membership.user
    record(actor=actor, action=name, subject_kind="user", subject_id=user.pk, subject_name=user.username, team_name=team.name, **detail)
    membership_changed(team)
