"""Kubernetes events as they were seen -> Event rows, the newest few hundred per namespace."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from clusters.models import Cluster, Event
from clusters.models.event import KEPT_PER_NAMESPACE
from kube.errors import safe_text

Thing = dict[str, Any]
UNIQUE = ["cluster", "namespace", "name"]
UPDATED = ["uid", "involved_kind", "involved_name", "reason", "message", "type", "count", "first_at", "last_at"]
CHUNK = 200
TRIM_AFTER = 50


class EventBook:
    """Writes events and trims a namespace's after every fifty of them."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._since_trim: Counter[str] = Counter()

    def save(self, things: Iterable[Thing]) -> list[Event]:
        """Insert or refresh; returns the rows, the newest of each name."""
        rows = {(row.namespace, row.name): row for row in (_row(self.cluster, thing) for thing in things)}
        Event.objects.bulk_create(rows.values(), batch_size=CHUNK, update_conflicts=True, unique_fields=UNIQUE, update_fields=UPDATED)
        self._since_trim.update(namespace for namespace, _name in rows)
        for namespace in [name for name, count in self._since_trim.items() if count > TRIM_AFTER]:
            self._trim(namespace)
        return list(rows.values())

    def _trim(self, namespace: str) -> None:
        del self._since_trim[namespace]
        rows = Event.objects.filter(cluster=self.cluster, namespace=namespace)
        old = list(rows.order_by("-last_at", "-pk").values_list("pk", flat=True)[KEPT_PER_NAMESPACE:])
        for start in range(0, len(old), CHUNK):
            Event.objects.filter(pk__in=old[start : start + CHUNK]).delete()


def news_of_event(row: Event) -> dict[str, Any]:
    """What an open page is told."""
    return {
        "type": row.type,
        "reason": row.reason,
        "message": row.message[:500],
        "kind": row.involved_kind,
        "name": row.involved_name,
        "count": row.count,
        "last_at": row.last_at.isoformat(),
    }


def _row(cluster: Cluster, thing: Thing) -> Event:
    metadata, about, series = thing["metadata"], thing.get("involvedObject") or {}, thing.get("series") or {}
    made = _time(thing.get("eventTime")) or _time(metadata.get("creationTimestamp")) or timezone.now()
    last = _time(series.get("lastObservedTime")) or _time(thing.get("lastTimestamp")) or made
    return Event(
        cluster=cluster,
        namespace=metadata.get("namespace", ""),
        name=metadata["name"],
        uid=metadata.get("uid", ""),
        involved_kind=safe_text(about.get("kind", ""))[:63],
        involved_name=safe_text(about.get("name", ""))[:253],
        reason=safe_text(thing.get("reason") or "")[:128],
        message=safe_text(thing.get("message") or ""),
        type=str(thing.get("type") or "")[:20],
        count=min(int(series.get("count") or thing.get("count") or 1), 2**31 - 1),
        first_at=_time(thing.get("firstTimestamp")) or made,
        last_at=last,
    )


def _time(text: str | None) -> dt.datetime | None:
    try:
        return parse_datetime(text) if text else None
    except ValueError:
        return None
