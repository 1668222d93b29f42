"""In which predictor a revision runs: one that takes the place of another takes its predictor too, and only candidates get new ones."""

from django.db.models import Max

from deployments.models import Revision, Rollout

FIRST = 1


def slot_of(revision: Revision) -> str:
    """`r<number>` of the last candidate that was promoted up to this revision, else of the deployment's first revision.

    Under another name KServe would remove the old pods before the new ones are ready; under the same one they are rolled.
    """
    promoted = Rollout.objects.filter(deployment=revision.deployment_id, ended=Rollout.End.PROMOTED, candidate__number__lte=revision.number)
    number = promoted.aggregate(last=Max("candidate__number"))["last"]
    return f"r{number or FIRST}"
