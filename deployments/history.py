"""The revisions of a deployment as its page shows them: each with what it changed and where it stands now."""

from dataclasses import dataclass, field

from deployments.diffs import Lines, changed_only, difference
from deployments.models import ModelDeployment, Revision
from deployments.queries import last_good

MOST = 100


@dataclass(frozen=True)
class Step:
    """One revision; `lines` are what it changed of the one before. `place`: serving, candidate, or empty.

    `at_once`: a roll back to it asks nobody.
    """

    revision: Revision
    place: str = ""
    restorable: bool = False
    at_once: bool = False
    lines: Lines = field(default_factory=list)


def history_of(row: ModelDeployment) -> list[Step]:
    """Newest first, at most MOST."""
    found = row.revisions.select_related("author", "request", "model_version__model").prefetch_related("model_version__aliases")
    revisions = list(found[: MOST + 1])
    rollout = row.rollouts.running().first()
    serves, good = row.revision.content if row.revision else None, last_good(row)
    steps = []
    for revision, before in zip(revisions, [*revisions[1:], None], strict=True):
        place = "serving" if revision.pk == row.revision_id else ""
        place = "candidate" if rollout and revision.pk == rollout.candidate_id else place
        lines = changed_only(difference(before.spec if before else None, revision.spec))
        at_once = good is not None and revision.content == good.content
        steps.append(Step(revision, place, revision.content != serves and rollout is None, at_once, lines))
    return steps[:MOST]
