"""The portal's own processes, the same in every shape in which it runs."""

import sys

from django.conf import settings

from portal.supervisor.child import Role
from portal.supervisor.ports import HOST

GRACE_SECONDS = 2


def web(port: int) -> Role:
    """Pages, REST and live streams."""
    serve = ("-m", "uvicorn", "portal.asgi:application", "--host", HOST, "--port", str(port), "--no-access-log", "--lifespan", "off")
    return Role("web", (sys.executable, *serve, "--timeout-graceful-shutdown", str(GRACE_SECONDS)), GRACE_SECONDS + 1.0)


def worker() -> Role:
    """Makes clusters equal to rows."""
    slots = str(settings.SLIPWAY["WORKER_SLOTS"])
    quiet = ("--without-gossip", "--without-mingle", "--loglevel", "INFO")
    return Role("worker", (sys.executable, "-m", "celery", "-A", "portal", "worker", "--concurrency", slots, *quiet), 2.0)


def beat() -> Role:
    """The sweep."""
    return Role("beat", (sys.executable, "manage.py", "beat"), 1.0)


def watcher() -> Role:
    """Sees what happens in the clusters."""
    return Role("watcher", (sys.executable, "manage.py", "watch"), 1.0)
