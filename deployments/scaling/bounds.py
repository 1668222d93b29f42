"""A person's change of how many replicas there are at least and at most, kept as a step beside those of the autoscaler."""

from django.utils import timezone

from deployments.models import Revision, ScalingStep
from deployments.scaling.ledger import trim
from deployments.spec import DeploymentSpec


def note_bounds(before: DeploymentSpec, revision: Revision) -> None:
    """Keeps what `revision` changes of the minimum and the maximum, in its author's name, when it takes the place of `before`.

    In the caller's transaction.
    """
    old, new = before.scaling, revision.spec.scaling
    for metric, was, will in (("minimum", old.minimum, new.minimum), ("maximum", old.maximum, new.maximum)):
        if was == will:
            continue
        values = {"before": was, "after": will, "message": revision.reason[:500], "asked_by": revision.author}
        step = ScalingStep(
            deployment=revision.deployment, at=timezone.now(), metric=metric, source=f"revision:{revision.pk}:{metric}", **values
        )
        step.save(force_insert=True)
        trim(step.deployment_id)
