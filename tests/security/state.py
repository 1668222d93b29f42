"""Everything that a request could have changed, as one value to compare."""

from typing import Any

from django.apps import apps
from django.contrib.sessions.models import Session

from audit.models import Entry

APPS = ("accounts", "approvals", "audit", "clusters", "reconcile", "rest", "tenants", "registry", "deployments", "admin", "sessions")
# Noted on a sign-in or on the use of a token: by whoever comes, whatever they are then answered.
NOTED = {"last_used_at", "last_login"}
State = dict[str, dict[Any, tuple[tuple[str, Any], ...]]]


def state() -> State:
    """Each table's rows by their key."""
    models = [model for label in APPS for model in apps.get_app_config(label).get_models()]
    return {model._meta.model_name or "": _rows(model) for model in models}


def _rows(model: Any) -> dict[Any, tuple[tuple[str, Any], ...]]:
    fields = [field.attname for field in model._meta.concrete_fields if field.attname not in NOTED]
    if model is Session:
        fields.remove("expire_date")
    rows = model._base_manager.values_list("pk", *fields)
    return {row[0]: tuple(zip(fields, map(repr, row[1:]), strict=True)) for row in rows}


def changed(before: State, after: State) -> set[str]:
    """The tables that differ."""
    return {name for name in after if before[name] != after[name]}


def fresh_entries(before: State) -> list[Entry]:
    """The audit entries since then."""
    return list(Entry.objects.exclude(pk__in=before["entry"]))
