"""Triggers that make audit_entry append-only. A table owner may still TRUNCATE on PostgreSQL; the application's role need not own it."""

from django.db.backends.base.base import BaseDatabaseWrapper

MESSAGE = "audit entries are append-only"
SQLITE_INSTALL = [
    f"""CREATE TRIGGER IF NOT EXISTS audit_entry_no_{verb} BEFORE {verb} ON audit_entry
        BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"""
    for verb in ("update", "delete")
]
SQLITE_REMOVE = [f"DROP TRIGGER IF EXISTS audit_entry_no_{verb}" for verb in ("update", "delete")]
POSTGRESQL_REMOVE = [
    "DROP TRIGGER IF EXISTS audit_entry_append_only ON audit_entry",
    "DROP FUNCTION IF EXISTS audit_entry_refuse()",
]
POSTGRESQL_INSTALL = [
    *POSTGRESQL_REMOVE,
    f"""CREATE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    """CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE ON audit_entry
        FOR EACH ROW EXECUTE FUNCTION audit_entry_refuse()""",
]


def install(connection: BaseDatabaseWrapper) -> None:
    """Refuse every UPDATE and DELETE of entries from now on (django.db.IntegrityError). Safe to call again."""
    _run(connection, {"sqlite": SQLITE_INSTALL, "postgresql": POSTGRESQL_INSTALL})


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away, for a test database that must be emptied. Safe to call again."""
    _run(connection, {"sqlite": SQLITE_REMOVE, "postgresql": POSTGRESQL_REMOVE})


def _run(connection: BaseDatabaseWrapper, statements: dict[str, list[str]]) -> None:
    if connection.vendor not in statements:
        raise NotImplementedError(f"No append-only triggers for {connection.vendor}; use PostgreSQL or SQLite.")
    with connection.cursor() as cursor:
        for statement in statements[connection.vendor]:
            cursor.execute(statement)
