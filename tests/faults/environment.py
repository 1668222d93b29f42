"""What a process of the portal needs to work on the test's database: the same data folder, the same database, short leases."""

import os
from pathlib import Path

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
LEASE_SECONDS = 5.0


def database_url() -> str:
    """The URL of the test database of this test process."""
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{values['NAME']}"
    who = values["USER"] + (f":{values['PASSWORD']}" if values["PASSWORD"] else "")
    return f"postgresql://{who}@{values['HOST']}:{values['PORT'] or 5432}/{values['NAME']}"


def environment(redis_url: str = "unix:///nowhere/redis.sock", **more: str) -> dict[str, str]:
    """The environment of such a process; `more` are further variables."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "PORTAL_HOME": str(settings.DATA_DIR),
        "DATABASE_URL": database_url(),
        "REDIS_URL": redis_url,
        "SLIPWAY_LEASE_SECONDS": str(LEASE_SECONDS),
        "PYTHONPATH": str(ROOT),
        **more,
    }
