"""The drift inbox: who changed what of ours, and when it was repaired."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from clusters.models import Cluster, Drift, Observed
from clusters.observation.judge import Verdict
from clusters.observation.storable import storable
from kube.diff import marked_lines
from kube.inventory import Ref
from kube.managers import last_foreign

MAX_LINES = 400
MAX_FIELDS = 50


class DriftBook:
    """The open findings of one cluster, remembered so that an unremarkable event costs no query."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        rows = Drift.objects.open().filter(cluster=cluster)
        self.open = {Ref(row.api_version, row.kind, row.namespace or None, row.name) for row in rows}

    def record(self, verdicts: Iterable[Verdict]) -> None:
        """Open or refresh the finding of each object that somebody else changed. A repair that was over before it was seen leaves
        its finding open until the object is seen as confirmed again; the next manager in between gets one of its own."""
        for verdict in verdicts:
            ref = verdict.sighting.ref
            who = last_foreign(verdict.sighting.thing or {}) or {}
            Drift.objects.update_or_create(
                cluster=self.cluster,
                repaired_at=None,
                manager=str(who.get("manager", ""))[:160],
                **_address(ref),
                defaults={
                    "owner_kind": verdict.owner.kind,
                    "owner_pk": verdict.owner.pk,
                    "found": verdict.found,
                    "operation": str(who.get("operation", ""))[:20],
                    "fields": storable(who.get("fields", [])[:MAX_FIELDS]),
                    "live": {"lines": storable(self._lines(verdict))},
                    "seen_at": timezone.now(),
                },
            )
            self.open.add(ref)

    def resolve(self, verdicts: Iterable[Verdict]) -> list[Verdict]:
        """Close the findings of objects that are as confirmed again; returns those."""
        repaired = [verdict for verdict in verdicts if verdict.sighting.ref in self.open]
        for verdict in repaired:
            Drift.objects.open().filter(cluster=self.cluster, **_address(verdict.sighting.ref)).update(repaired_at=timezone.now())
            self.open.discard(verdict.sighting.ref)
        return repaired

    def forget(self, verdicts: Iterable[Verdict]) -> None:
        """Close what is open of owners that want their objects gone."""
        owners = {(verdict.owner.kind, verdict.owner.pk) for verdict in verdicts}
        for kind, pk in owners:
            Drift.objects.open().of_owner(kind, pk).update(repaired_at=timezone.now())

    def _lines(self, verdict: Verdict) -> list[list[str]]:
        before = Observed.objects.filter(cluster=self.cluster, **_address(verdict.sighting.ref)).values_list("body", flat=True).first()
        after = None if verdict.sighting.gone else verdict.sighting.thing
        return marked_lines(before, after)[:MAX_LINES]


def _address(ref: Ref) -> dict[str, Any]:
    return {"api_version": ref.api_version, "kind": ref.kind, "namespace": ref.namespace or "", "name": ref.name}
