"""What one listing says of each model, in our words: typed, bounded, and without what cannot be addressed or makes no sense."""

import datetime as dt
import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import Any

from registry.models.model import TEAM_TAG
from registry.sync.plain import moment, pairs, text
from registry.tracking.listing import Listed

PROMPT_TAG = "mlflow.prompt.is_prompt"
LAST_NUMBER = 2**31 - 1


@dataclass(frozen=True)
class SeenVersion:
    """One version as listed; its fields are those of ModelVersion."""

    number: int
    source: str
    run_id: str
    author: str
    stage: str
    status: str
    description: str
    tags: dict[str, str]
    created_at: dt.datetime | None
    updated_at: dt.datetime | None


@dataclass
class SeenModel:
    """One model as listed, with its versions by number and its aliases as name: number."""

    name: str
    team_tag: str
    description: str
    tags: dict[str, str]
    created_at: dt.datetime | None
    updated_at: dt.datetime | None
    versions: dict[int, SeenVersion] = field(default_factory=dict)
    aliases: dict[str, int] = field(default_factory=dict)

    def digest(self, team_id: int | None) -> str:
        """Changes with everything that its rows are made of."""
        told = json.dumps([asdict(self), team_id], sort_keys=True, default=str)
        return hashlib.sha256(told.encode(errors="replace")).hexdigest()


def models_in(listed: Listed) -> tuple[dict[str, SeenModel], int]:
    """The models by name, and how many entries were left out because they cannot be understood. Prompts are no models."""
    entries = [entry for entry in listed.models if PROMPT_TAG not in pairs(entry.get("tags"))]
    found = {model.name: model for entry in entries if (model := _model(entry))}
    prompts = {text(entry.get("name"), 256) for entry in listed.models} - {text(entry.get("name"), 256) for entry in entries}
    left_out = len(entries) - len(found)
    for entry in listed.versions:
        name, version = text(entry.get("name"), 256), _version(entry)
        if version and name in found:
            found[name].versions[version.number] = version
        elif name not in prompts and listed.complete:
            left_out += 1
    return found, left_out


def _model(entry: dict[str, Any]) -> SeenModel | None:
    name, tags = entry.get("name"), pairs(entry.get("tags"))
    if not isinstance(name, str) or not addressable(name):
        return None
    return SeenModel(
        name=name,
        team_tag=_team_tag(entry.get("tags")),
        description=text(entry.get("description"), 5_000),
        tags=tags,
        created_at=moment(entry.get("creation_timestamp")),
        updated_at=moment(entry.get("last_updated_timestamp")),
        aliases=_aliases(entry.get("aliases")),
    )


def addressable(name: str) -> bool:
    """Whether a model of this name can have a page: not cut, not empty, and nothing that an address would swallow."""
    return 0 < len(name) <= 256 and name.isprintable() and name.strip() == name and "/" not in name and name not in (".", "..")


def _team_tag(tags: Any) -> str:
    """Looked for in all tags, however many are kept: a model must not become everybody's because it has many."""
    for item in tags if isinstance(tags, list) else []:
        if isinstance(item, dict) and item.get("key") == TEAM_TAG:
            # A tag without a value names nobody, and nobody is not everybody.
            return text(item.get("value"), 256) or "?"
    return ""


def _aliases(entries: Any) -> dict[str, int]:
    found = {}
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, dict) and (name := text(entry.get("alias"), 256)) and (number := _number(entry.get("version"))):
            found[name] = number
    return dict(sorted(found.items())[:100])


def _version(entry: dict[str, Any]) -> SeenVersion | None:
    number = _number(entry.get("version"))
    if number is None:
        return None
    stage = text(entry.get("current_stage"), 40)
    return SeenVersion(
        number=number,
        source=text(entry.get("source"), 2_000),
        run_id=text(entry.get("run_id"), 64),
        author=text(entry.get("user_id"), 256),
        stage="" if stage == "None" else stage,
        status=text(entry.get("status"), 40),
        description=text(entry.get("description"), 5_000),
        tags=pairs(entry.get("tags")),
        created_at=moment(entry.get("creation_timestamp")),
        updated_at=moment(entry.get("last_updated_timestamp")),
    )


def _number(value: Any) -> int | None:
    """A version's number, which MLflow writes as a text."""
    digits = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 11 and 0 < int(digits) <= LAST_NUMBER else None
