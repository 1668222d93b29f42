"""Registering: a new model with its first version, or another version of one, from a run or from an address."""

import re
from dataclasses import asdict, dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from accounts.models import Team, User
from accounts.policies import is_admin
from audit.action import action
from audit.errors import Conflict
from registry.actions.ask import ask
from registry.models import Change, ModelVersion, RegisteredModel
from registry.names import validate_model_name
from registry.policies import may_register, may_register_for
from registry.sources import Address, belongs_to, parse_source

RUN = re.compile(r"[0-9a-f]{32}", re.ASCII)
LOGGED_MODEL = re.compile(r"m-[0-9a-f]{32}", re.ASCII)
ARTIFACT = re.compile(r"[A-Za-z0-9._-]{1,200}(/[A-Za-z0-9._-]{1,200}){0,9}", re.ASCII)


@dataclass(frozen=True)
class Origin:
    """Where a version's files are: a run, with the path of the model in it (empty: the only one), or an address."""

    run_id: str = ""
    artifact: str = ""
    source: str = ""
    description: str = ""


@action("model.register")
def register_model(*, actor: User, name: str, team: Team | None, origin: Origin) -> Change:
    """Asks for a new model of `team` (None: common to all) with a first version.

    Raises PermissionDenied, ValidationError (name, run_id, artifact, source, description), Conflict (the name is taken).
    """
    if not may_register_for(actor, team):
        raise PermissionDenied(
            _("Only members of the team can bring a model.") if team else _("Only a platform administrator can bring a model for all.")
        )
    try:
        validate_model_name(name)
    except ValidationError as error:
        raise ValidationError({"name": error.messages}) from error
    checked = check(actor, team, origin)
    # Said also of a model that this person does not see: the registry has one namespace for all.
    if RegisteredModel.objects.standing().filter(name=name).exists():
        raise Conflict(
            _("There is a model “%(name)s” already. Register a version of it, or choose another name.") % {"name": name}, code="name_taken"
        )
    arguments = asdict(checked)
    return ask(actor=actor, action="model.register", what=Change.What.REGISTER, name=name, model=None, team=team, new=True, **arguments)


@action("model.register_version")
def register_version(*, actor: User, model: RegisteredModel, origin: Origin) -> Change:
    """Asks for another version. Raises PermissionDenied, ValidationError (run_id, artifact, source, description), Conflict (deleted)."""
    if not may_register(actor, model):
        raise PermissionDenied(
            _("Only members of the model's team can register a version.")
            if model.team
            else _("Only a platform administrator can register a version of a model that is common to all.")
        )
    if model.gone_at:
        raise Conflict(_("This model was deleted from the registry."), code="gone")
    arguments = asdict(check(actor, model.team, origin))
    return ask(
        actor=actor,
        action="model.register_version",
        what=Change.What.REGISTER,
        name=model.name,
        model=model,
        team=model.team,
        new=False,
        **arguments,
    )


def check(actor: User, team: Team | None, origin: Origin) -> Origin:
    """The origin in its plainest form; whose a run or a logged model is, the worker asks the registry. Raises ValidationError."""
    if len(origin.description) > 2_000:
        raise ValidationError({"description": _("Keep it to 2,000 characters.")})
    if bool(origin.run_id) == bool(origin.source):
        raise ValidationError({"source": _("Name either a run or an address.")})
    if origin.run_id:
        return _run(origin)
    try:
        address = parse_source(origin.source)
    except ValidationError as error:
        raise ValidationError({"source": error.messages}) from error
    return _by_scheme(actor, team, origin, address)


def _run(origin: Origin) -> Origin:
    if not RUN.fullmatch(origin.run_id):
        raise ValidationError({"run_id": _("A run's id is 32 hexadecimal digits.")})
    if (origin.artifact and not ARTIFACT.fullmatch(origin.artifact)) or ".." in origin.artifact.split("/"):
        raise ValidationError({"artifact": _("Write the model's path in the run, such as “model”.")})
    return origin


def _by_scheme(actor: User, team: Team | None, origin: Origin, address: Address) -> Origin:
    if address.scheme == "runs":
        run_id, _slash, artifact = address.path.partition("/")
        return _run(Origin(run_id=run_id, artifact=artifact.rstrip("/"), description=origin.description))
    if address.scheme == "models" and not LOGGED_MODEL.fullmatch(address.path):
        version = _named_version(actor, address.path)
        return Origin(source=f"models:/{version.model.name}/{version.number}", description=origin.description)
    if address.is_bucket and not is_admin(actor) and not (team and belongs_to(address, team)):
        message = _("This address is not known to belong to the team. A platform administrator can say that it does, or register it.")
        raise ValidationError({"source": message})
    return Origin(source=address.text.rstrip("/"), description=origin.description)


def _named_version(actor: User, path: str) -> ModelVersion:
    """models:/name/3 or models:/name@alias, among the versions that the person may see."""
    name, at, alias = path.partition("@")
    name, number = (name, "") if at else (path.rpartition("/")[0], path.rpartition("/")[2])
    seen = ModelVersion.objects.visible_to(actor).standing().filter(model__name=name).select_related("model")
    if at:
        version = seen.filter(aliases__name=alias).first()
    else:
        version = seen.filter(number=int(number)).first() if number.isdecimal() and len(number) < 10 else None
    if version is None:
        raise ValidationError({"source": _("There is no such version: write models:/name/3 or models:/name@champion.")})
    return version
