"""Aliases and tags: each is one call that may be repeated."""

from typing import Any

from registry.carry.standing import require_model
from registry.models import Change
from registry.tracking.client import Client
from registry.tracking.errors import RegistryRefused


def set_alias(client: Client, change: Change) -> dict[str, Any]:
    """Points the alias to the version."""
    require_model(client, change)
    words = change.arguments
    client.send("POST", "registered-models/alias", {"name": change.model_name, "alias": words["alias"], "version": str(words["version"])})
    return {"version": words["version"]}


def delete_alias(client: Client, change: Change) -> dict[str, Any]:
    """Removes the alias; one that is gone already is what was wanted."""
    require_model(client, change)
    _unless_missing(client, "registered-models/alias", {"name": change.model_name, "alias": change.arguments["alias"]})
    return {}


def set_tag(client: Client, change: Change) -> dict[str, Any]:
    """Sets the tag at the model or at one version."""
    require_model(client, change)
    path, body = _place(change)
    client.send("POST", f"{path}/set-tag", {**body, "value": change.arguments["value"]})
    return {}


def delete_tag(client: Client, change: Change) -> dict[str, Any]:
    """Removes the tag; one that is gone already is what was wanted."""
    require_model(client, change)
    path, body = _place(change)
    _unless_missing(client, f"{path}/delete-tag", body)
    return {}


def _place(change: Change) -> tuple[str, dict[str, str]]:
    body = {"name": change.model_name, "key": change.arguments["key"]}
    number = change.arguments.get("version")
    return ("model-versions", {**body, "version": str(number)}) if number else ("registered-models", body)


def _unless_missing(client: Client, path: str, body: dict[str, str]) -> None:
    try:
        client.send("DELETE", path, body)
    except RegistryRefused as refusal:
        if not refusal.missing:
            raise
