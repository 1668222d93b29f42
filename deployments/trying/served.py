"""Which deployment is asked and where it answers: few indexed questions to the database, each time anew."""

from contextlib import suppress
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import F, FilteredRelation, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.models import Membership, User
from audit.record import record_denial
from clusters.models import Cluster
from deployments.gathering import facts_of
from deployments.health import is_ready
from deployments.models import ModelDeployment
from deployments.queries import pods_of, services_of
from deployments.traffic.sides import Side, sides_of
from deployments.trying.errors import TryError

TRIES = (Membership.Role.MEMBER, Membership.Role.OWNER)
# Of each table no more than a prediction needs: most of what such a small query costs is made of its columns.
READ = (
    *("name", "claim", "paused", "deletion_requested_at", "deleted_at"),
    *("namespace__name", "namespace__team__name", "revision__number", "revision__content"),
    *("cluster__name", "cluster__capabilities", "cluster__serving_override", "cluster__breaker_opened_at"),
)


@dataclass(frozen=True)
class Served:
    """What is there to be asked: `url` is what the cluster itself told of the InferenceService, `status` all of what it told.

    `share` is the candidate's, in percent; None without a rollout.
    """

    deployment: ModelDeployment
    url: str
    status: dict[str, Any]
    share: int | None

    @property
    def cluster(self) -> Cluster:
        """Where it runs."""
        return self.deployment.cluster

    @cached_property
    def sides(self) -> tuple[Side, Side]:
        """The stable side and the candidate's; without a rollout, the stable one twice."""
        facts = facts_of(self.deployment)
        return sides_of(facts, facts.candidate or facts.stable, self.status)

    def is_asleep(self) -> bool:
        """Whether it may go to zero and no pod of it is ready, as far as the watcher saw; one query."""
        revision = self.deployment.revision
        return revision is not None and revision.spec.scaling.sleeps and not any(map(is_ready, pods_of(self.deployment)))

    def revision_behind(self, name: str) -> int | None:
        """The number of the revision that a server or an ingress means by this name; the only one there is, whatever the name."""
        if self.share is None:
            return self.deployment.revision.number if self.deployment.revision else None
        return next((side.variant.number for side in self.sides if name in side.destinations), None)


@cache
def askable() -> QuerySet[ModelDeployment]:
    """Deployments with what a prediction needs of them, as `candidate_share` that of a running rollout's candidate.

    Put together once: that takes longer than the database takes to answer.
    """
    running = FilteredRelation("rollouts", condition=Q(rollouts__ended_at__isnull=True))
    rows = ModelDeployment.objects.select_related("cluster", "namespace__team", "revision").only(*READ)
    return rows.annotate(running=running, candidate_share=F("running__share"))


def tried_by(user: User, pk: int) -> ModelDeployment:
    """The `askable` deployment for a member or owner of its team, in one query.

    Http404 for somebody who may not see it; PermissionDenied, with its entry, for somebody who only may see it.
    """
    with suppress(ModelDeployment.DoesNotExist):
        return askable().get(pk=pk, namespace__team__memberships__user=user, namespace__team__memberships__role__in=TRIES)
    seen = askable().filter(pk=pk, namespace__in=ModelDeployment.objects.visible_to(user).filter(pk=pk).values("namespace")).first()
    if seen is None:
        raise Http404
    refusal = _("Only members and owners of the team try its deployments out.")
    record_denial(actor=user, action="deployment.try", arguments={"deployment": seen}, reason=refusal)
    raise PermissionDenied(refusal)


def served_of(deployment: ModelDeployment) -> Served:
    """Where an `askable` deployment answers. Raises TryError 409 for one that does not serve."""
    revision = deployment.revision
    if deployment.deletion_requested_at or deployment.deleted_at or revision is None:
        raise TryError(409, "not_serving", _("It is being deleted, or gone."))
    if deployment.paused:
        raise TryError(409, "paused", _("It is paused. Resume it first."))
    told = dict(services_of(deployment).order_by().values_list("name", "body__status"))
    status: dict[str, Any] = told.get(deployment.name) or told.get(min(told, default="")) or {}
    if not status.get("url"):
        raise TryError(409, "not_ready", _("It does not answer yet. Its page says what it waits for."))
    url = str(status["url"]) if deployment.name in told else ""
    return Served(deployment, url, status, deployment.candidate_share)  # type: ignore[attr-defined]
