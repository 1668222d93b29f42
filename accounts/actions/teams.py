"""Making and describing teams."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.actions.insert import insert
from accounts.actions.permission import require
from accounts.membership_hooks import membership_changed
from accounts.models import Team, User
from accounts.policies import may_administer, may_manage_team
from audit.action import action
from audit.errors import Conflict
from audit.record import record


@action("team.create")
def create_team(*, actor: User | None, name: str, display_name: str = "", idp_group: str = "") -> Team:
    """The new team, without members. Admins only."""
    require(may_administer(actor), _("Only an admin may create a team."))
    team = Team(name=name, display_name=display_name or name, idp_group=idp_group)
    insert(team)
    _record(actor, "team.create", team, display_name=team.display_name, idp_group=idp_group)
    return team


@action("team.update")
def update_team(
    *, actor: User | None, team: Team, display_name: str | None = None, idp_group: str | None = None, version: int | None = None
) -> Team:
    """The changed team. Owners may rename, admins also map the group; `version` is the one that the caller saw (Conflict "stale")."""
    require(may_manage_team(actor, team), _("Only an owner of the team or an admin may change it."))
    row = Team.objects.select_for_update().get(pk=team.pk)
    if version is not None and version != row.version:
        raise Conflict(_("The team was changed meanwhile. Read it again, then change it."), "stale")
    wanted = {"display_name": display_name, "idp_group": idp_group}
    changes = {name: value for name, value in wanted.items() if value is not None and value != getattr(row, name)}
    require("idp_group" not in changes or may_administer(actor), _("Only an admin may map a group of the identity provider."))
    if not changes:
        return row
    row.change(**changes)
    _record(actor, "team.update", row, **changes)
    if "idp_group" in changes:
        membership_changed(row)
    return row


def _record(actor: User | None, name: str, team: Team, **detail: Any) -> None:
    record(actor=actor, action=name, subject_kind="team", subject_id=team.pk, subject_name=team.name, team_name=team.name, **detail)
