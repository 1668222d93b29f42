"""What must stand before the portal's processes start: tables, collected static files, demo accounts, the cluster's roles."""

import hashlib
import io
import shutil
from pathlib import Path

from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from portal.supervisor.failure import CannotStart

NEEDED_MEGABYTES = 200


def require_space(home: Path) -> None:
    """CannotStart when the data folder's disk is nearly full."""
    free = shutil.disk_usage(home).free // 1_000_000
    if free < NEEDED_MEGABYTES:
        raise CannotStart(
            f"no space: {free} MB free for {home}, {NEEDED_MEGABYTES} MB are needed; free some or set PORTAL_HOME to another disk."
        )


def migrate() -> bool:
    """Brings the tables up to date; whether there was anything to do."""
    try:
        executor = MigrationExecutor(connection)
        todo = bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        if todo:
            call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
    except DatabaseError as error:
        reason = str(error).strip().splitlines()[0]
        raise CannotStart(f"the database cannot be used ({reason}): check DATABASE_URL, or unset it for SQLite in PORTAL_HOME.") from error
    finally:
        connection.close()
    return todo


def collect_static() -> bool:
    """Collects the static files unless they are those of last time; whether there was anything to do."""
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    mark = _static_mark()
    if stamp.exists() and stamp.read_text() == mark:
        return False
    shutil.rmtree(settings.STATIC_ROOT, ignore_errors=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(mark)
    return True


def _static_mark() -> str:
    """A digest of what collectstatic would read, without reading it: own files by time and size, packages by their locks."""
    own = [path for folder in settings.STATICFILES_DIRS for path in sorted(Path(folder).rglob("*")) if path.is_file()]
    locks = [settings.BASE_DIR / name for name in ("uv.lock", "package-lock.json", "portal/assets.py", "portal/static_storage.py")]
    seen = [(str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in [*own, *locks] if path.exists()]
    return hashlib.sha256(repr(seen).encode()).hexdigest()


def demo_accounts() -> None:
    """Makes the demo accounts once; their sign-ins are in credentials.json."""
    _command("demo_accounts")


def bootstrap_cluster(kubeconfig: Path, *, sandbox: bool) -> None:
    """Installs the published roles and the portal's ServiceAccount with the administrator's kubeconfig."""
    _command("cluster_bootstrap", "--kubeconfig", str(kubeconfig), *(["--sandbox"] if sandbox else []))


def _command(name: str, *arguments: str) -> None:
    try:
        call_command(name, *arguments, stdout=io.StringIO(), stderr=io.StringIO())
    except CommandError as error:
        raise CannotStart(f"manage.py {name}: {error}") from error
    finally:
        connection.close()
