"""Moving an alias: whatever follows it is deployed by this, so the version that was seen before is named."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from audit.action import action
from audit.errors import Conflict
from registry.actions.ask import ask
from registry.models import Change, RegisteredModel
from registry.names import validate_alias
from registry.policies import may_move_alias

UNSEEN = -1


@action("model.set_alias")
def set_alias(*, actor: User, model: RegisteredModel, alias: str, number: int, seen: int = UNSEEN) -> Change:
    """Asks that `alias` point to version `number`. `seen` is the version that it pointed to on the page (0: none), if that is to count.

    Raises PermissionDenied, ValidationError (alias, version), Conflict (it points to another version meanwhile, or to this one already).
    """
    _require_owner(actor, model)
    try:
        validate_alias(alias)
    except ValidationError as error:
        raise ValidationError({"alias": error.messages}) from error
    if not model.versions.standing().filter(number=number).exists():
        raise ValidationError({"version": _("There is no version %(number)s of this model.") % {"number": number}})
    before = _points_to(model, alias, seen)
    if before == number:
        message = _("“%(alias)s” points to version %(number)s already.")
        raise Conflict(message % {"alias": alias, "number": number}, code="unchanged")
    return ask(
        actor=actor,
        action="model.set_alias",
        what=Change.What.SET_ALIAS,
        name=model.name,
        model=model,
        team=model.team,
        alias=alias,
        version=number,
        before=before,
    )


@action("model.delete_alias")
def delete_alias(*, actor: User, model: RegisteredModel, alias: str, seen: int = UNSEEN) -> Change:
    """Asks that `alias` be removed. Raises PermissionDenied, ValidationError (no such alias), Conflict (it points elsewhere meanwhile)."""
    _require_owner(actor, model)
    before = _points_to(model, alias, seen)
    if not before:
        raise ValidationError({"alias": _("This model has no alias “%(alias)s”.") % {"alias": alias[:63]}})
    return ask(
        actor=actor,
        action="model.delete_alias",
        what=Change.What.DELETE_ALIAS,
        name=model.name,
        model=model,
        team=model.team,
        alias=alias,
        before=before,
    )


def _require_owner(actor: User, model: RegisteredModel) -> None:
    if not may_move_alias(actor, model):
        raise PermissionDenied(
            _("Only an owner of the model's team, or a platform administrator, can move its aliases.")
            if model.team
            else _("Only a platform administrator can move the aliases of a model that is common to all.")
        )
    if model.gone_at:
        raise Conflict(_("This model was deleted from the registry."), code="gone")


def _points_to(model: RegisteredModel, alias: str, seen: int) -> int:
    """The version's number, 0 for none. Raises Conflict when somebody saw another one."""
    standing = model.aliases.filter(name=alias).select_related("version").first()
    number = standing.version.number if standing else 0
    if seen not in (UNSEEN, number):
        raise Conflict(_("“%(alias)s” was moved meanwhile. Look again, then decide.") % {"alias": alias[:63]}, code="stale")
    return number
