"""A generous ceiling per caller, counted in each process's own memory: it stops runaway scripts, not determined ones."""

from typing import Any

from django.conf import settings
from django.core.cache import caches
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle


class PerCaller(SimpleRateThrottle):
    """One count per token, per person with a session, and per address for anyone else; the answer beyond it is 429 with Retry-After."""

    scope = "caller"

    def __init__(self) -> None:
        self.cache = caches["local"]
        super().__init__()

    def get_rate(self) -> str | None:
        rates: dict[str, Any] = settings.REST_FRAMEWORK
        rate: str | None = rates["DEFAULT_THROTTLE_RATES"][self.scope]
        return rate

    def get_cache_key(self, request: Request, view: Any) -> str:
        if request.auth is not None:
            ident = f"token:{request.auth.pk}"
        elif request.user.is_authenticated:
            ident = f"user:{request.user.pk}"
        else:
            # Never a forwarding header: anyone can write one.
            ident = f"address:{request.META.get('REMOTE_ADDR', '')}"
        return self.cache_format % {"scope": self.scope, "ident": ident}
