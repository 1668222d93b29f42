"""`manage.py clean_data`: forgets the quick start's data; `make clean-data` calls it."""

import shutil
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from portal.supervisor.failure import CannotStart
from portal.supervisor.state import RunFolder

# By name, so that a PORTAL_HOME which holds other things loses none of them.
FOLDERS = ("sandbox", "control-plane", "mlflow", "static", "log", "mail", "run")
FILES = ("slipway.sqlite3*", "slipway_secret_key", "slipway_credentials_key", "credentials.json", "kubeconfig")


class Command(BaseCommand):
    help = "Deletes the quick start's data in PORTAL_HOME; refuses while it runs."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Exits with 1 and one line when a supervisor holds the data."""
        folder = RunFolder(settings.DATA_DIR)
        try:
            folder.lock()
        except CannotStart as reason:
            sys.exit(f"slipway: {reason}")
        folder.end_leftovers()
        forget(settings.DATA_DIR)
        kept = " The database in DATABASE_URL was not touched." if settings.DATABASES["default"]["ENGINE"].endswith("postgresql") else ""
        self.stdout.write(f"slipway: the data in {settings.DATA_DIR} are forgotten.{kept}")


def forget(home: Path) -> None:
    """Deletes what the quick start wrote into `home`."""
    for name in FOLDERS:
        shutil.rmtree(home / name, ignore_errors=True)
    for pattern in FILES:
        for path in home.glob(pattern):
            path.unlink()
