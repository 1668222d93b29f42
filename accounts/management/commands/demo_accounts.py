"""Makes the demo accounts and $PORTAL_HOME/credentials.json; run again, it keeps what works and mends the rest."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from accounts import credentials, demo
from audit import context


class Command(BaseCommand):
    help = "Make or mend the demo accounts; their passwords and tokens are in credentials.json in the data folder."

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.DATA_DIR / "credentials.json"
        held = credentials.read(path)
        with context.entered("cli"):
            mended = demo.mended(held)
        if mended != held or path.stat().st_mode & 0o077:
            credentials.write(path, mended)
        self.stdout.write(f"Demo accounts {', '.join(mended)}: passwords and tokens are in {path}")
