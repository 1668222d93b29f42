"""Rows and roles: what is due and for how long, what is parked, who shows life, how old what is known of a cluster is."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Max, Min
from prometheus_client.core import GaugeMetricFamily as Gauge
from prometheus_client.core import Metric

from clusters.models import Cluster, Drift
from portal.health import FRESH_SECONDS
from reconcile.clock import database_now
from reconcile.due import MAX_CRASHES, due
from reconcile.models import Heartbeat
from reconcile.registry import kinds

ROLES = ("worker", "beat", "watcher")


def families() -> Iterator[Metric]:
    """Read from the database at each scrape."""
    now = database_now()
    yield from _rows(now)
    yield from _roles(now)
    yield from _clusters(now)


def _rows(now: dt.datetime) -> Iterator[Metric]:
    waiting = Gauge("slipway_due_rows", "Rows whose time has come and that no worker holds.", labels=["kind"])
    oldest = Gauge("slipway_queue_age_seconds", "For how long the row that waits longest has been due; 0 when none is.", labels=["kind"])
    parked = Gauge("slipway_parked_rows", "Rows that are left alone since their workers died again and again.", labels=["kind"])
    for kind in kinds():
        rows = due(kind.model).filter(crashes__lt=MAX_CRASHES)
        since = rows.aggregate(since=Min("next_reconcile_at"))["since"]
        waiting.add_metric([kind.name], rows.count())
        oldest.add_metric([kind.name], _age(now, since) if since else 0.0)
        parked.add_metric([kind.name], kind.model._default_manager.filter(crashes__gte=MAX_CRASHES).count())
    yield from (waiting, oldest, parked)


def _roles(now: dt.datetime) -> Iterator[Metric]:
    alive = Gauge("slipway_role_processes", f"Processes of a role that showed life within {FRESH_SECONDS:.0f} s.", labels=["role"])
    age = Gauge("slipway_role_silence_seconds", "Since the last sign of life of a role; absent where there never was one.", labels=["role"])
    fresh = now - dt.timedelta(seconds=FRESH_SECONDS)
    for role in ROLES:
        beats = Heartbeat.objects.filter(role=role)
        alive.add_metric([role], beats.filter(at__gte=fresh).count())
        if last := beats.aggregate(last=Max("at"))["last"]:
            age.add_metric([role], _age(now, last))
    yield from (alive, age)


def _clusters(now: dt.datetime) -> Iterator[Metric]:
    reachable = Gauge("slipway_cluster_reachable", "1 while the cluster answers and its watches run.", labels=["cluster"])
    age = Gauge(
        "slipway_watch_age_seconds", "How old what is known of the cluster is; absent before it was first seen.", labels=["cluster"]
    )
    drifts = Gauge("slipway_drifts", "Objects of the portal that are found other than wanted.", labels=["cluster"])
    for cluster in Cluster.objects.connected():
        away = cluster.breaker_opened_at or cluster.stale_since or not cluster.last_seen_at
        reachable.add_metric([cluster.name], 0 if away else 1)
        if cluster.last_seen_at:
            age.add_metric([cluster.name], _age(now, cluster.last_seen_at))
        drifts.add_metric([cluster.name], Drift.objects.open().filter(cluster=cluster).count())
    yield from (reachable, age, drifts)


def _age(now: dt.datetime, then: dt.datetime) -> float:
    return max(0.0, (now - then).total_seconds())
