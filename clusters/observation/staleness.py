"""Tells pages since when what they show of a cluster may be old."""

import datetime as dt

from django.db.models import F
from django.db.models.functions import Now

from clusters.models import Cluster
from reconcile.clock import after
from streams.publish import publish

MISSED_SECONDS = 30.0


def note_live(cluster_id: int) -> None:
    """All watches of the cluster run."""
    was_stale = Cluster.objects.filter(pk=cluster_id, stale_since__isnull=False).update(stale_since=None)
    Cluster.objects.filter(pk=cluster_id).update(last_seen_at=Now())
    if was_stale:
        publish(f"cluster.{cluster_id}", "state", {"stale": False})


def note_stale(cluster_id: int, since: dt.datetime) -> None:
    """A watch of the cluster has been down since `since`; an earlier time that stands is kept."""
    if Cluster.objects.filter(pk=cluster_id, stale_since__isnull=True).update(stale_since=since):
        publish(f"cluster.{cluster_id}", "state", {"stale": True, "since": since.isoformat()})


def notice_missing_watcher() -> int:
    """Mark clusters of which no watcher has said for half a minute that they are seen. A chore of the sweep."""
    unseen = Cluster.objects.connected().filter(stale_since__isnull=True, last_seen_at__lt=after(-MISSED_SECONDS))
    return unseen.update(stale_since=F("last_seen_at"))
