"""The database itself refuses to change or delete an audit entry."""

from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.migrations.loader import MigrationLoader

from audit import append_only
from audit.models import Entry
from audit.record import record

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry() -> Entry:
    append_only.install(connection)
    return record(actor=None, action="team.create", subject_kind="team", subject_id=1, subject_name="vision")


def test_nobody_can_update_an_entry(entry: Entry) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Entry.objects.filter(pk=entry.pk).update(actor_name="someone else")
    assert Entry.objects.get(pk=entry.pk).actor_name == "system"


def test_nobody_can_delete_an_entry(entry: Entry) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Entry.objects.filter(pk=entry.pk).delete()
    assert Entry.objects.filter(pk=entry.pk).exists()


def test_raw_sql_cannot_change_an_entry_either(entry: Entry) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE audit_entry SET outcome = 'accepted'")


def test_a_migration_installs_the_triggers() -> None:
    append_only.remove(connection)
    (operation,) = MigrationLoader(connection).get_migration("audit", "0002_append_only").operations
    # Inside the test's transaction SQLite has no schema editor.
    operation.code(None, SimpleNamespace(connection=connection))
    made = record(actor=None, action="team.create", subject_kind="team", subject_id=1, subject_name="vision")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        made.delete()


def test_removed_triggers_let_a_test_database_be_emptied(entry: Entry) -> None:
    append_only.remove(connection)
    Entry.objects.all().delete()
    assert not Entry.objects.exists()
