"""Judges what was seen and makes the owners of drift due; what a worker is just changing waits until it is done."""

import logging
from collections.abc import Iterable

from clusters.models import Cluster
from clusters.observation.drifts import DriftBook
from clusters.observation.judge import Verdict, judge
from clusters.observation.kinds import Kind
from clusters.observation.memory import Memory
from clusters.observation.messages import Sighting
from clusters.observation.owners import Owner, all_owners, owners_named
from kube.inventory import Ref
from reconcile.due import mark_due
from reconcile.wake import wake_now

logger = logging.getLogger(__name__)

MANY = 50


class Court:
    """Keeps what cannot be judged yet: an apply's own event arrives before its inventory is saved."""

    def __init__(self, cluster: Cluster, memory: Memory) -> None:
        self.cluster, self.memory = cluster, memory
        self.later: dict[Ref, Sighting] = {}
        self.drifts = DriftBook(cluster)

    def judge_all(self, sightings: dict[Ref, Sighting], complete: Iterable[Kind] = ()) -> list[Verdict]:
        """Judge what was seen and what had to wait. After full lists of some kinds, what the inventories name and nobody saw is gone."""
        cases, kinds = {**self.later, **sightings}, set(complete)
        many = kinds or len(cases) > MANY
        owners = all_owners(self.cluster) if many else owners_named(self.cluster, {case.owner for case in cases.values()})
        if kinds:
            cases = {**self._missing(owners.values(), kinds), **cases}
        self.later = {ref: case for ref, case in cases.items() if case.owner in owners and owners[case.owner].held}
        verdicts = [judge(case, owners[case.owner]) for ref, case in cases.items() if case.owner in owners and ref not in self.later]
        self._wake(verdicts)
        return verdicts

    def write_up(self, verdicts: list[Verdict]) -> list[Verdict]:
        """Keep the drift inbox; returns the verdicts on objects that are repaired."""
        self.drifts.record(verdict for verdict in verdicts if verdict.is_drift and verdict.is_foreign)
        self.drifts.forget(verdict for verdict in verdicts if verdict.found == "removed")
        return self.drifts.resolve(verdict for verdict in verdicts if verdict.found == "same")

    def _missing(self, owners: Iterable[Owner], kinds: set[Kind]) -> dict[Ref, Sighting]:
        return {
            ref: Sighting(ref, owner.key, None, gone=True)
            for owner in owners
            for ref in owner.entries
            if (ref.api_version, ref.kind) in kinds and ref not in self.memory.known
        }

    @staticmethod
    def _wake(verdicts: list[Verdict]) -> None:
        """One look per owner. A broker that does not answer is not asked again in this round: the sweep finds the rows."""
        owners = {verdict.owner.key: verdict.owner for verdict in verdicts if verdict.is_drift or verdict.found == "removed"}
        answers = True
        for owner in owners.values():
            if mark_due(owner.kind, owner.pk) and answers:
                answers = wake_now(owner.kind, owner.pk)
            logger.info("%s differs from what was applied and is looked at again", owner.key)
