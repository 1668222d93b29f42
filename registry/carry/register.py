"""Makes a version. MLflow would make another one each time it is asked, so each carries the mark of the change that wanted it."""

from typing import Any

from django.utils.translation import gettext as _

from registry.carry.origin import files_of
from registry.carry.refusal import Refusal
from registry.carry.standing import registered, require_model
from registry.models import Change
from registry.models.model import TEAM_TAG
from registry.tracking.client import Client
from registry.tracking.errors import RegistryRefused

MARK = "slipway.dev/change"
PAGES = 50


def register(client: Client, change: Change) -> dict[str, Any]:
    """Makes the model where it is new, and the version; its number. Raises Refusal, RegistryRefused, RegistrySilent."""
    made = _made_already(client, change)
    if made is None:
        files = files_of(client, change)
        if change.arguments["new"]:
            _ensure_model(client, change)
        require_model(client, change)
        made = _create(client, change, files)
    return {"version": int(made)}


def _ensure_model(client: Client, change: Change) -> None:
    """The model with this change's mark. One that somebody else made meanwhile is not taken over."""
    tags = {MARK: change.claim, **({TEAM_TAG: change.team.name} if change.team else {})}
    body = {"name": change.model_name, "description": change.arguments["description"], "tags": _tags(tags)}
    try:
        client.send("POST", "registered-models/create", body)
    except RegistryRefused as refusal:
        if refusal.code != "RESOURCE_ALREADY_EXISTS":
            raise
        found = registered(client, change.model_name) or {}
        if {"key": MARK, "value": change.claim} not in (found.get("tags") or []):
            raise Refusal(_("The registry has a model of this name already.")) from refusal


def _create(client: Client, change: Change, files: dict[str, str]) -> Any:
    body = {"name": change.model_name, "description": change.arguments["description"], "tags": _tags({MARK: change.claim}), **files}
    return _number(client.send("POST", "model-versions/create", body).get("model_version"))


def _made_already(client: Client, change: Change) -> Any:
    """The number of the version that carries this change's mark; None when there is none."""
    # MLflow's filters know no escape: a name with a quote in it is looked for among all.
    query = {"max_results": "200", **({} if "'" in change.model_name else {"filter": f"name = '{change.model_name}'"})}
    for _page in range(PAGES):
        answer = client.get("model-versions/search", **query)
        for version in answer.get("model_versions") or []:
            if isinstance(version, dict) and {"key": MARK, "value": change.claim} in (version.get("tags") or []):
                return _number(version)
        token = answer.get("next_page_token")
        if not isinstance(token, str) or not token:
            return None
        query["page_token"] = token
    raise Refusal(_("The model has more versions than the portal can look through."))


def _number(version: Any) -> Any:
    number = version.get("version") if isinstance(version, dict) else None
    if not str(number).isdecimal():
        raise Refusal(_("The registry did not say which version it made."))
    return number


def _tags(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in tags.items()]
