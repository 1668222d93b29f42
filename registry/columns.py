"""The columns of the lists of models and versions. Their names are those of the REST API."""

from django.utils.translation import gettext_lazy as _

from rest.lists import Column

MODELS = (
    Column("name", _("Model"), "name", "name"),
    Column("team", _("Team"), lambda row: row.team and row.team.name, "team__name", pending=True),
    Column("latest_version", _("Latest version"), "latest", "latest", pending=True),
    Column("aliases", _("Aliases"), lambda row: {alias.name: alias.version.number for alias in row.aliases.all()}),
    Column("uses", _("Deployed")),
    Column("updated_at", _("Updated"), "updated_at", "updated_at", pending=True, numeric=True),
    Column("description", value="description"),
    Column("tags", value="tags"),
    Column("created_at", value="created_at"),
    Column("gone_at", value="gone_at"),
)
VERSIONS = (
    Column("number", _("Version"), "number", "number"),
    Column("aliases", _("Aliases"), lambda row: [alias.name for alias in row.aliases.all()]),
    Column("metrics", _("Metrics"), "metrics"),
    Column("uses", _("Deployed")),
    Column("created_at", _("Registered"), "created_at", "created_at", pending=True, numeric=True),
    Column("deploy", _("Action")),
    Column("status", value="status"),
    Column("stage", value="stage"),
    Column("source", value="source"),
    Column("run_id", value="run_id"),
    Column("run_name", value="run_name"),
    Column("author", value="author"),
    Column("params", value="params"),
    Column("tags", value="tags"),
    Column("flavors", value="flavors"),
)
