"""What the list of deployments shows and exports."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from deployments.health import healths
from deployments.models import ModelDeployment
from deployments.spec import Source
from rest.lists import Column


def source_of(row: ModelDeployment) -> Source | None:
    """Where its model comes from; None for a row without a revision."""
    return row.revision.spec.source if row.revision else None


def _model(row: ModelDeployment) -> str:
    source = source_of(row)
    return source.model or str(source) if source else ""


def _version(row: ModelDeployment) -> int | None:
    source = source_of(row)
    return source.version or None if source else None


def look_at(rows: list[Any]) -> None:
    """Notes on each row how it does, for the columns that tell it: for a file all rows of a batch are looked at together."""
    found = healths(rows)
    for row in rows:
        row.looked_at = found[row.pk]


def _replicas(row: Any) -> str:
    return f"{row.looked_at.ready}/{row.looked_at.wanted}"


LIST = (
    Column("id", value="pk", order="pk"),
    Column("name", _("Name"), "name", "name"),
    Column("namespace", _("Namespace"), "namespace.name", "namespace__name"),
    Column("environment", value="namespace.environment", order="namespace__environment"),
    Column("team", value="namespace.team.name", order="namespace__team__name"),
    Column("cluster", value="cluster.name", order="cluster__name"),
    Column("model", _("Model"), _model, "revision__model_version__model__name revision__model_version__number"),
    Column("version", value=_version),
    Column("follows", value="follows"),
    Column("health", _("Health"), "looked_at.state"),
    Column("replicas", _("Replicas"), _replicas, numeric=True),
    Column("paused", value="paused"),
    Column("created_at", value="created_at", order="created_at"),
    Column("updated_at", _("Updated"), "revision.created_at", "revision__created_at", numeric=True),
    Column("deleted_at", value="deleted_at"),
)
