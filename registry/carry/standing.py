"""What the registry itself says of the model now: the rows may be some seconds old, and a model may have changed hands."""

from typing import Any

from django.utils.translation import gettext as _

from registry.carry.refusal import Refusal
from registry.models import Change
from registry.models.model import TEAM_TAG
from registry.tracking.client import Client
from registry.tracking.errors import RegistryRefused


def registered(client: Client, name: str) -> dict[str, Any] | None:
    """The model as MLflow tells it, or None. Raises RegistrySilent, RegistryRefused."""
    try:
        found = client.get("registered-models/get", name=name).get("registered_model")
    except RegistryRefused as refusal:
        if refusal.missing:
            return None
        raise
    return found if isinstance(found, dict) else None


def require_same_team(change: Change, tags: Any, what: str) -> None:
    """Refuses what carries another team's tag. A model, run or experiment without one is nobody's."""
    wanted = change.team.name if change.team else ""
    for tag in tags if isinstance(tags, list) else []:
        if isinstance(tag, dict) and tag.get("key") == TEAM_TAG and tag.get("value") != wanted:
            raise Refusal(_("The %(what)s belongs to another team.") % {"what": what})


def require_model(client: Client, change: Change) -> dict[str, Any]:
    """The model, which must still be there and still be the team's. A team's model must carry the team's tag. Raises Refusal."""
    model = registered(client, change.model_name)
    if model is None:
        raise Refusal(_("The registry has no model of this name any more."))
    require_same_team(change, model.get("tags"), _("model"))
    if change.team and not any(isinstance(tag, dict) and tag.get("key") == TEAM_TAG for tag in model.get("tags") or []):
        raise Refusal(_("The model does not belong to the team any more."))
    return model
