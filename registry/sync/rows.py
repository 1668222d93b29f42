"""Writes one listing into the rows: models whose digest stands still cost nothing, the others one transaction each."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from accounts.models import Team
from registry.hooks import on_alias_moved
from registry.models import ModelAlias, ModelVersion, RegisteredModel
from registry.streaming import announce_model
from registry.sync.seen import SeenModel, SeenVersion

logger = logging.getLogger(__name__)

BATCH = 200


def write(models: Mapping[str, SeenModel], *, complete: bool, before_each: Callable[[], None]) -> int:
    """Makes the rows equal to the models; how many were changed. `before_each` is called before each transaction.

    Models that an incomplete listing does not have are left as they are. One that cannot be written (a hook refuses) waits for the next
    turn and holds up no other.
    """
    known = dict(RegisteredModel.objects.standing().values_list("name", "digest"))
    teams = dict(Team.objects.values_list("name", "pk"))
    changed = 0
    for model in models.values():
        team_id = teams.get(model.team_tag)
        digest = model.digest(team_id)
        if known.get(model.name) != digest:
            before_each()
            changed += _tried(model.name, partial(write_model, model, team_id, digest))
    for name in sorted(known.keys() - models.keys()) if complete else []:
        before_each()
        changed += _tried(name, partial(bury, name))
    return changed


def _tried(name: str, step: Callable[[], object]) -> bool:
    try:
        step()
    except Exception:
        logger.exception("the catalogue's rows of model %r were not written", name)
        return False
    return True


@transaction.atomic
def write_model(seen: SeenModel, team_id: int | None, digest: str) -> RegisteredModel:
    """Makes one model's rows equal to what was seen of it, and tells the hooks which aliases moved."""
    row, _made = RegisteredModel.objects.select_for_update().get_or_create(name=seen.name)
    row.team_id, row.team_tag, row.digest, row.gone_at = team_id, seen.team_tag, digest, None
    row.description, row.tags = seen.description, seen.tags
    row.created_at, row.updated_at = seen.created_at, seen.updated_at
    row.save()
    _write_versions(row, seen.versions)
    _write_aliases(row, seen.aliases)
    announce_model(row.pk)
    return row


@transaction.atomic
def bury(name: str) -> None:
    """The registry has this model no more: its rows stay as a record, its aliases end."""
    row = RegisteredModel.objects.select_for_update().get(name=name)
    _write_aliases(row, {})
    row.versions.standing().update(gone_at=Now())
    RegisteredModel.objects.filter(pk=row.pk).update(gone_at=Now(), digest="")
    announce_model(row.pk)


def _write_versions(row: RegisteredModel, seen: Mapping[int, SeenVersion]) -> None:
    standing = {version.number: version for version in row.versions.all()}
    fresh = [ModelVersion(model=row, details_due_at=Now(), **asdict(version)) for number, version in seen.items() if number not in standing]
    ModelVersion.objects.bulk_create(fresh, batch_size=BATCH)
    for number, version in seen.items():
        if number in standing and _differs(standing[number], version):
            _change(standing[number], version)
    gone = [version.pk for number, version in standing.items() if number not in seen and version.gone_at is None]
    ModelVersion.objects.filter(pk__in=gone).update(gone_at=Now())


def _told(seen: SeenVersion) -> dict[str, Any]:
    """What is written of a version; who made it is left to its run where the listing does not say."""
    return {name: value for name, value in asdict(seen).items() if value or name != "author"}


def _differs(row: ModelVersion, seen: SeenVersion) -> bool:
    return row.gone_at is not None or any(getattr(row, name) != value for name, value in _told(seen).items())


def _change(row: ModelVersion, seen: SeenVersion) -> None:
    ModelVersion.objects.filter(pk=row.pk).update(gone_at=None, details_due_at=Now(), **_told(seen))


def _write_aliases(row: RegisteredModel, seen: Mapping[str, int]) -> None:
    """An alias of a version that was not listed is left out until the version is."""
    versions = {version.number: version for version in row.versions.standing()}
    wanted = {name: versions[number] for name, number in seen.items() if number in versions}
    standing = {alias.name: alias for alias in row.aliases.select_related("version")}
    for name, alias in standing.items():
        if name not in wanted:
            alias.delete()
            _tell(name, row, alias.version, None)
    for name, version in wanted.items():
        old = standing[name].version if name in standing else None
        if old is None or old.pk != version.pk:
            ModelAlias.objects.update_or_create(model=row, name=name, defaults={"version": version})
            _tell(name, row, old, version)


def _tell(name: str, model: RegisteredModel, old: ModelVersion | None, new: ModelVersion | None) -> None:
    for call in on_alias_moved:
        call(name, model, old, new)
