"""Tags: words that a team keeps at a model or at one of its versions."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from audit.action import action
from audit.errors import Conflict
from registry.actions.ask import ask
from registry.models import Change, ModelVersion, RegisteredModel
from registry.names import validate_tag
from registry.policies import may_tag


@action("model.set_tag")
def set_tag(*, actor: User, model: RegisteredModel, key: str, value: str, number: int | None = None) -> Change:
    """Asks for a tag at the model, or at its version `number`. Raises PermissionDenied, ValidationError (key, value, version), Conflict."""
    _require_member(actor, model)
    validate_tag(key, value)
    _require_version(model, number)
    return ask(
        actor=actor,
        action="model.set_tag",
        what=Change.What.SET_TAG,
        name=model.name,
        model=model,
        team=model.team,
        key=key,
        value=value,
        version=number,
    )


@action("model.delete_tag")
def delete_tag(*, actor: User, model: RegisteredModel, key: str, number: int | None = None) -> Change:
    """Asks that a tag be removed. Raises PermissionDenied, ValidationError (key, version, no such tag), Conflict."""
    _require_member(actor, model)
    validate_tag(key)
    version = _require_version(model, number)
    if key not in (version.tags if version else model.tags):
        raise ValidationError({"key": _("There is no such tag.")})
    return ask(
        actor=actor,
        action="model.delete_tag",
        what=Change.What.DELETE_TAG,
        name=model.name,
        model=model,
        team=model.team,
        key=key,
        version=number,
    )


def _require_member(actor: User, model: RegisteredModel) -> None:
    if not may_tag(actor, model):
        raise PermissionDenied(_("Only members of the model's team, or a platform administrator, can change its tags."))
    if model.gone_at:
        raise Conflict(_("This model was deleted from the registry."), code="gone")


def _require_version(model: RegisteredModel, number: int | None) -> ModelVersion | None:
    if number is None:
        return None
    version: ModelVersion | None = model.versions.standing().filter(number=number).first()
    if version is None:
        raise ValidationError({"version": _("There is no version %(number)s of this model.") % {"number": number}})
    return version
