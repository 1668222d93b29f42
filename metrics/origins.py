"""Notes where values come from, or why there are none, when that changes."""

from collections.abc import Mapping

from django.db.models.functions import Now

from clusters.models import Cluster
from metrics.models import Origin
from metrics.sources.source import Found, Subject


class Origins:
    """Of one cluster. `note` in memory, `write` to the rows what is different there."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._now: dict[tuple[str, Subject], Found] = {}
        self._written: dict[tuple[str, Subject], Found] | None = None

    def note(self, group: str, found: Mapping[Subject, Found]) -> None:
        """What a source says of its group in this turn: of whom it says nothing any more, nothing is kept."""
        self._now = {key: each for key, each in self._now.items() if key[0] != group}
        self._now |= {(group, subject): each for subject, each in found.items()}

    def write(self) -> None:
        """Insert, change and delete rows. A process that begins takes over what another has left."""
        if self._written is None:
            self._written = {(row.group, row.subject): _found(row) for row in Origin.objects.filter(cluster=self.cluster)}
        news = {key: found for key, found in self._now.items() if self._written.get(key) != found}
        rows = [self._row(group, subject, found) for (group, subject), found in news.items()]
        fields = ["source", "reasons", "told_at"]
        Origin.objects.bulk_create(rows, 200, update_conflicts=True, unique_fields=["cluster", "subject", "group"], update_fields=fields)
        for group, subject in self._written.keys() - self._now.keys():
            Origin.objects.filter(cluster=self.cluster, group=group, subject=subject).delete()
        self._written = dict(self._now)

    def _row(self, group: str, subject: Subject, found: Found) -> Origin:
        reasons = {name: list(why) for name, why in found.reasons.items()}
        return Origin(cluster=self.cluster, group=group, subject=subject, source=found.source, reasons=reasons, told_at=Now())


def _found(row: Origin) -> Found:
    return Found(row.source, {name: (code, detail) for name, (code, detail) in row.reasons.items()})
