"""Whether the person behind an open stream is still signed in."""

from importlib import import_module

from django.conf import settings
from django.contrib.auth import get_user
from django.db import connections
from django.http import HttpRequest


def still_signed_in(request: HttpRequest) -> bool:
    """Ask the database anew: the session stands, its password hash fits, the account is active. True for a request without a session."""
    key = getattr(getattr(request, "session", None), "session_key", None)
    if not key:
        return True
    probe = HttpRequest()
    probe.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    return get_user(probe).is_authenticated


def release_connections() -> None:
    """Close this thread's database connections, also one that is kept; a stream must not hold one while it waits."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()
