"""Times on a whole second: SQLite's own clock writes .000 where Django writes nothing, and texts are what SQLite compares."""

import datetime as dt

import pytest
from django.db import connection

from reconcile import registry
from reconcile.attempt import claim
from reconcile.outcome import Outcome
from tenants.models import Namespace
from tests.tenancy import make_namespace

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(monkeypatch):
    monkeypatch.setattr(registry.kind("namespace"), "settled", lambda row, outcome: None)
    return make_namespace()


def due_since(row, text):
    """As the database's own clock writes it."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE tenants_namespace SET next_reconcile_at = %s WHERE id = %s", [text, row.pk])


@pytest.mark.parametrize(
    "text", ["2026-01-01 10:00:00.000", "2026-01-01 10:00:00", "2026-01-01 10:00:00.999", "2026-01-01 10:00:00.123456"]
)
def test_a_row_that_became_due_on_any_millisecond_is_not_due_again_after_its_attempt(row, text):
    due_since(row, text)
    claim(registry.kind("namespace"), row.pk).finish(Outcome("done", "Applied"))
    assert Namespace.objects.get(pk=row.pk).next_reconcile_at is None


def test_a_look_that_is_asked_for_a_millisecond_later_is_not_lost(row):
    due_since(row, "2026-01-01 10:00:00.000")
    attempt = claim(registry.kind("namespace"), row.pk)
    due_since(row, "2026-01-01 10:00:00.001")
    attempt.finish(Outcome("done", "Applied"))
    assert Namespace.objects.get(pk=row.pk).next_reconcile_at == dt.datetime(2026, 1, 1, 10, 0, 0, 1000, dt.UTC)
