"""Keeps what is sampled of one cluster: windows in memory, written in bulk after each turn, forgotten by rows when their time is over."""

from collections.abc import Iterable, Mapping

from clusters.models import Cluster
from metrics.columns import Point
from metrics.models import Chunk
from metrics.packing import pack, unpack
from metrics.steps import FINE, STEPS, oldest_kept, span, window_of
from metrics.windows import Line, Place, Windows

BATCH = 500
UNIQUE = ["cluster", "subject", "part", "step", "start"]
# More pods and workloads than that in one cluster are not kept: memory has an end.
MOST_LINES = 20_000


class Store:
    """One process writes at a time. Another that takes over goes on in the same windows."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.windows = Windows()
        self._minute = 0

    def load(self, now: int) -> None:
        """What was written of the windows of now, and of those from which something may not have been handed on."""
        for step in STEPS:
            starts = {window_of(now, step), window_of(now - span(FINE), step)}
            rows = Chunk.objects.filter(cluster=self.cluster, step=step, start__in=starts)
            for row in rows.iterator(BATCH):
                self.windows.restore(Place(Line(row.subject, row.part), step, row.start), unpack(row.data))

    def take(self, at: int, points: Mapping[Line, Point]) -> None:
        """What one turn of sampling found, at `at` (seconds since the epoch, of the database's clock)."""
        for line, point in list(points.items())[:MOST_LINES]:
            self.windows.put(line, FINE, at, point)

    def write(self, now: int) -> None:
        """All that changed, and once a minute what follows from it."""
        if now // 60 != self._minute:
            self.windows.roll(now)
            self._trim(now)
            self._minute = now // 60
        changed = [(place, window) for place, window in self.windows.open.items() if window.changed]
        for start in range(0, len(changed), BATCH):
            batch = changed[start : start + BATCH]
            rows = [self._row(place, pack(window.columns)) for place, window in batch]
            Chunk.objects.bulk_create(rows, update_conflicts=True, unique_fields=UNIQUE, update_fields=["data"])
            for _place, window in batch:
                window.changed = False
        self.windows.forget(now)

    def _row(self, place: Place, data: bytes) -> Chunk:
        (subject, part), step, start = place
        return Chunk(cluster=self.cluster, subject=subject, part=part, step=step, start=start, data=data)

    def _trim(self, now: int) -> None:
        for step in STEPS:
            Chunk.objects.filter(cluster=self.cluster, step=step, start__lt=oldest_kept(now, step)).delete()


def chunks(cluster_id: int, lines: Iterable[Line], step: int, since: int, until: int) -> Iterable[tuple[Line, Chunk]]:
    """The rows of these lines, oldest first, that hold anything from `since` up to `until`."""
    wanted = set(lines)
    rows = Chunk.objects.filter(cluster=cluster_id, subject__in={line.subject for line in wanted}, step=step)
    for row in rows.filter(start__gte=window_of(since, step), start__lt=until).order_by("start"):
        if (line := Line(row.subject, row.part)) in wanted:
            yield line, row
