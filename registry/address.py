"""Which registry the portal speaks to, and how the row of it comes to be."""

from urllib.parse import urlsplit

from django.conf import settings

from reconcile.wake import wake
from registry.models import Registry

KIND, CHANGE_KIND = "registry", "registry-change"


def shown(address: str) -> str:
    """An address without what signs in with it."""
    parts = urlsplit(address)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()[:500]


def ensure_registry() -> Registry | None:
    """The row of the configured registry, made or pointed at another address where needed; None without one. A chore of the sweep."""
    if not settings.MLFLOW_TRACKING_URI:
        return None
    before = Registry.current()
    row = Registry.adopt(shown(settings.MLFLOW_TRACKING_URI))
    if before is None or before.address != row.address:
        wake(KIND, row.pk)
    return row
