"""For machines: /healthz says that this process serves, /readyz that all parts of the portal do. Needs no sign-in, names no secret."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis import Redis, RedisError

from clusters.models import Cluster
from reconcile.clock import after
from reconcile.models import Heartbeat
from registry.models import Registry

FRESH_SECONDS = 15.0
REDIS_SECONDS = 0.5

Verdict = tuple[bool, str]


def database() -> Verdict:
    """Whether the tables can be read."""
    Heartbeat.objects.exists()
    return True, "answers"


def redis() -> Verdict:
    """Whether the broker answers; without it the portal works on, only later."""
    with Redis.from_url(settings.REDIS_URL, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS) as client:
        client.ping()
    return True, "answers"


def role(name: str) -> Verdict:
    """Whether a process of this role showed life lately, by the database's clock."""
    fresh = Heartbeat.objects.filter(role=name, at__gte=after(-FRESH_SECONDS)).count()
    return (True, f"{fresh} alive") if fresh else (False, f"no sign of life for {FRESH_SECONDS:.0f} s")


def cluster() -> Verdict:
    """Whether there is a cluster and each one answered when last called; asks the database, never the cluster."""
    known = list(Cluster.objects.connected().only("name", "breaker_opened_at", "stale_since", "last_seen_at"))
    away = [each.name for each in known if each.breaker_opened_at or each.stale_since or not each.last_seen_at]
    if not known:
        return False, "no cluster is connected: run manage.py cluster_bootstrap"
    return (False, f"{len(away)} of {len(known)} not seen") if away else (True, f"{len(known)} connected")


def registry() -> Verdict:
    """Whether the model registry answered when last asked; where none is named, nothing is missing. Asks the database only."""
    known = Registry.current()
    if known is None:
        return (False, "not looked for yet") if settings.MLFLOW_TRACKING_URI else (True, "none is named")
    silent = f"no answer since {known.silent_since:%Y-%m-%dT%H:%M:%SZ}" if known.silent_since else ""
    return known.state == "up", {"up": "answers", "silent": silent, "failed": "cannot be installed"}.get(known.state, "being prepared")


CHECKS: dict[str, Callable[[], Verdict]] = {
    "database": database,
    "redis": redis,
    "worker": partial(role, "worker"),
    "beat": partial(role, "beat"),
    "watcher": partial(role, "watcher"),
    "cluster": cluster,
}
# Without these the portal does its work, and its pages say what is missing.
INFORMATION: dict[str, Callable[[], Verdict]] = {"registry": registry}


def verdict(check: Callable[[], Verdict]) -> dict[str, Any]:
    """A check's answer; a part that cannot be asked is not well. The failure's text may hold addresses, so only its kind is told."""
    try:
        ok, detail = check()
    except (DatabaseError, RedisError, OSError) as error:
        ok, detail = False, f"does not answer ({type(error).__name__})"
    return {"ok": ok, "detail": detail}


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """This process serves."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Every part of the portal: 200 when all of `checks` are well, else 503; what `information` tells changes nothing of that."""
    checks, information = ({name: verdict(check) for name, check in parts.items()} for parts in (CHECKS, INFORMATION))
    well = all(check["ok"] for check in checks.values())
    body = {"status": "ok" if well else "unavailable", "checks": checks, "information": information}
    return JsonResponse(body, status=200 if well else 503)
