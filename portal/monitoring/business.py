"""What the platform has given away and what waits: GPUs by team and flavor, deployments by state, requests."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily as Gauge
from prometheus_client.core import Metric

from approvals.models import Request
from clusters.cards import flavor_cards
from clusters.models import Cluster
from clusters.queries import ledger
from deployments.health import STATES, healths
from deployments.models import ModelDeployment
from reconcile.clock import database_now
from tenants.models import Namespace

Holding = tuple[str, str, str]
OF_TEAM = ["cluster", "team", "flavor"]


def families() -> Iterator[Metric]:
    """Read from the database at each scrape."""
    yield from _gpus()
    yield _deployments()
    yield from _requests()


def _gpus() -> Iterator[Metric]:
    granted = Gauge("slipway_gpus_granted", "GPUs that the quotas of a team's namespaces allow now.", labels=OF_TEAM)
    used = Gauge("slipway_gpus_used", "GPUs that pods in a team's namespaces hold; other namespaces have an empty team.", labels=OF_TEAM)
    installed = Gauge(
        "slipway_gpus_installed", "GPUs of the nodes of a pool; its flavors are joined by a comma.", labels=["cluster", "flavors"]
    )
    namespaces = list(Namespace.objects.standing().select_related("team", "cluster").prefetch_related("grants"))
    for family, amounts in ((granted, _granted(namespaces)), (used, _used(namespaces))):
        for labels, count in sorted(amounts.items()):
            family.add_metric(labels, count)
    for cluster in Cluster.objects.connected():
        for line in ledger(cluster):
            if line.flavors and line.installed is not None:
                installed.add_metric([cluster.name, ",".join(line.flavors)], line.installed)
    yield from (granted, used, installed)


def _granted(namespaces: list[Namespace]) -> Counter[Holding]:
    found: Counter[Holding] = Counter()
    for row in namespaces:
        for flavor, count in row.quota.gpus.items():
            found[row.cluster.name, row.team.name, flavor] += count
    return found


def _used(namespaces: list[Namespace]) -> Counter[Holding]:
    teams = {(row.cluster_id, row.name): row.team.name for row in namespaces}
    found: Counter[Holding] = Counter()
    for cluster in Cluster.objects.connected():
        for cards in flavor_cards(cluster):
            for namespace, count in cards.holders.items():
                found[cluster.name, teams.get((cluster.pk, namespace), ""), cards.flavor.name] += count
    return found


def _deployments() -> Metric:
    family = Gauge("slipway_deployments", "Deployments of a team by how they do.", labels=["team", "state"])
    rows = list(ModelDeployment.objects.filter(deleted_at__isnull=True).select_related("namespace__team", "cluster", "revision"))
    health = healths(rows)
    counted = Counter((row.namespace.team.name, health[row.pk].state) for row in rows)
    for team in sorted({team for team, _state in counted}):
        for state in STATES:
            # A state that nobody is in any more is 0, not gone: an alert on it must end.
            family.add_metric([team, state], counted[team, state])
    return family


def _requests() -> Iterator[Metric]:
    waiting = Gauge("slipway_requests_waiting", "Open requests.", labels=["kind", "team"])
    oldest = Gauge("slipway_request_age_seconds", "For how long the oldest open request waits; 0 when none does.")
    rows = list(Request.objects.pending().select_related("team").only("kind", "team__name", "created_at"))
    for (kind, team), count in sorted(Counter((row.kind, row.team.name) for row in rows).items()):
        waiting.add_metric([kind, team], count)
    first = min((row.created_at for row in rows), default=None)
    oldest.add_metric([], _since(first) if first else 0.0)
    yield from (waiting, oldest)


def _since(then: dt.datetime) -> float:
    return max(0.0, (database_now() - then).total_seconds())
