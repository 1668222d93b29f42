"""Judges what was seen and makes the owners of drift due; what a worker is just changing waits until it is done."""

import logging
import time
from collections.abc import Iterable

from clusters.models import Cluster
from clusters.observation.drifts import DriftBook
from clusters.observation.judge import Verdict, is_overtaken, judge
from clusters.observation.kinds import Kind
from clusters.observation.memory import Memory
from clusters.observation.messages import Sighting
from clusters.observation.owners import Owner, all_owners, owners_named
from kube.inventory import Ref
from reconcile.due import mark_due
from reconcile.wake import wake_now

logger = logging.getLogger(__name__)

# What waits for a worker to be done is looked at again so often; each look reads the inventories of all owners that are waited for.
AGAIN_SECONDS = 0.1
# A restored cluster counts its versions from an older one, and then no later news comes.
OVERTAKEN_SECONDS = 2.0


class Court:
    """Keeps what cannot be judged yet: an apply's own event arrives before its inventory is saved, or after the next one's."""

    def __init__(self, cluster: Cluster, memory: Memory) -> None:
        self.cluster, self.memory = cluster, memory
        self.later: dict[Ref, Sighting] = {}
        self.judged_at = 0.0
        self.drifts = DriftBook(cluster)

    def is_due(self) -> bool:
        """Whether something waits that was not looked at for a while."""
        return bool(self.later) and time.monotonic() - self.judged_at >= AGAIN_SECONDS

    def judge_all(self, sightings: dict[Ref, Sighting], complete: Iterable[Kind] = ()) -> list[Verdict]:
        """Judge what was seen and what had to wait. After full lists of some kinds, what the inventories name and nobody saw is gone."""
        cases, kinds = {**self.later, **sightings}, set(complete)
        owners = all_owners(self.cluster) if kinds else owners_named(self.cluster, {case.owner for case in cases.values()})
        self.judged_at = time.monotonic()
        if kinds:
            cases = {**self._missing(owners.values(), kinds), **cases}
        self.later = {ref: case for ref, case in cases.items() if case.owner in owners and self._must_wait(case, owners[case.owner])}
        verdicts = [judge(case, owners[case.owner]) for ref, case in cases.items() if case.owner in owners and ref not in self.later]
        self._wake(verdicts)
        return verdicts

    def write_up(self, verdicts: list[Verdict]) -> list[Verdict]:
        """Keep the drift inbox; returns the verdicts on objects that are repaired."""
        self.drifts.record(verdict for verdict in verdicts if verdict.is_drift and verdict.is_foreign)
        self.drifts.forget(verdict for verdict in verdicts if verdict.found == "removed")
        return self.drifts.resolve(verdict for verdict in verdicts if verdict.found == "same")

    @staticmethod
    def _must_wait(case: Sighting, owner: Owner) -> bool:
        return owner.held or (is_overtaken(case, owner) and time.monotonic() - case.seen_at < OVERTAKEN_SECONDS)

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
        owners = {verdict.owner.key: verdict.owner for verdict in verdicts if verdict.calls_owner}
        answers = True
        for owner in owners.values():
            if mark_due(owner.kind, owner.pk) and answers:
                answers = wake_now(owner.kind, owner.pk)
            logger.info("%s is looked at again for what was seen of its objects", owner.key)
