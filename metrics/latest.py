"""What pods use at this moment, against what they ask for and what they may: the bars of tables."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isnan

from clusters.models import Pod
from metrics.columns import Columns
from metrics.grouping import limit_of, request_of
from metrics.packing import unpack
from metrics.steps import FINE, slot_of
from metrics.store import chunks
from metrics.windows import POD, Line
from reconcile.clock import database_now

# What is older than so many turns is not what a pod uses now.
TURNS = 6
# Of its limit: beyond it a pod will soon be slowed, or ended.
NEARLY = 0.9
RESOURCES = ("cpu", "memory")


@dataclass(frozen=True)
class Use:
    """In millicores or bytes, by `key` "cpu" or "memory"; None for what is not known or not set."""

    key: str
    used: int | None
    request: int | None
    limit: int | None

    @property
    def whole(self) -> int | None:
        """What the bar is a part of: the limit, else what was asked for."""
        return self.limit or self.request

    @property
    def is_near(self) -> bool:
        """Whether it uses nearly all that it may."""
        return bool(self.used and self.limit and self.used >= NEARLY * self.limit)

    @property
    def calm(self) -> int:
        """For the bar: what is used, unless that is nearly all."""
        return 0 if self.is_near else min(self.used or 0, self.whole or 0)

    @property
    def much(self) -> int:
        """For the bar: what is used, if that is nearly all."""
        return (self.used or 0) if self.is_near else 0


def latest(pods: Iterable[Pod]) -> Mapping[int, list[Use]]:
    """By the pods' primary keys; one question for all pods of a cluster."""
    rows = list(pods)
    now = int(database_now().timestamp())
    found: dict[tuple[int, str], Columns] = {}
    for cluster_id in {pod.cluster_id for pod in rows}:
        lines = [Line(f"{POD}{pod.uid}") for pod in rows if pod.cluster_id == cluster_id]
        for line, chunk in chunks(cluster_id, lines, FINE, now - TURNS * FINE, now + FINE):
            columns = _recent(unpack(chunk.data), chunk.start, now)
            found[cluster_id, line.subject] = {**found.get((cluster_id, line.subject), {}), **columns}
    return {pod.pk: [_use(pod, key, found.get((pod.cluster_id, f"{POD}{pod.uid}"), {})) for key in RESOURCES] for pod in rows}


def _recent(columns: Columns, start: int, now: int) -> Columns:
    """The known values of the last turns, by name; without the names that have none."""
    end = slot_of(now, FINE) + 1 if now < start + 60 * FINE else 60
    begin = max(0, (now - start) // FINE - TURNS)
    recent = {name: column[begin:end] for name, column in columns.items()}
    return {name: column for name, column in recent.items() if not all(isnan(value) for value in column)}


def _use(pod: Pod, key: str, columns: Columns) -> Use:
    known = [value for value in columns.get(key, ()) if not isnan(value)]
    scale = 1000 if key == "cpu" else 1
    amounts = (known[-1] if known else None, request_of(pod, key), limit_of(pod, key))
    used, request, limit = (None if amount is None else round(amount * scale) for amount in amounts)
    return Use(key, used, request, limit)
