"""A wish that needs no decision, or was decided, becomes desired state."""

from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import User
from approvals.models import Request
from audit.errors import Conflict
from audit.record import record
from deployments.models import ModelDeployment, Revision, Rollout
from deployments.queries import standing_deployment, version_of
from deployments.scaling.bounds import note_bounds
from deployments.streaming import announce
from deployments.wish import DeploymentWish, Trial
from reconcile.wake import wake
from tenants.models import Namespace


def place(*, actor: User, namespace: Namespace, wish: DeploymentWish, reason: str, request: Request | None = None) -> ModelDeployment:
    """Writes the next revision and makes it serve, or stand as a candidate; in the caller's transaction, with its audit entry.

    What the wish says about following counts when its revision serves: at once, or when the candidate is promoted.
    Raises Conflict when a rollout runs that has to end first, or when the deployment was made meanwhile by somebody else.
    """
    deployment = _locked(namespace, wish.name) or _insert(namespace, wish)
    if deployment.deletion_requested_at:
        raise Conflict(_("This deployment is being deleted, or gone. Deploy anew; under the same name once it is gone."), code="gone")
    if Rollout.objects.running().filter(deployment=deployment).exists():
        raise Conflict(_("A rollout is running. Promote it or roll it back first."), code="rollout_running")
    revision = _next_revision(deployment, actor=actor, wish=wish, reason=reason, request=request)
    if wish.trial:
        _try(deployment, revision, wish.trial, wish.follows, actor)
    else:
        if deployment.revision:
            note_bounds(deployment.revision.spec, revision)
        deployment.revision = revision
        deployment.save(update_fields=["revision"])
        set_follows(deployment, wish.follows, actor)
    deployment.touch()
    record_change(actor, "deployment.revise", deployment, revision=revision.number, source=str(wish.spec.source), reason=reason)
    deployment.refresh_from_db()
    announce(deployment)
    wake("deployment", deployment.pk)
    return deployment


def hold(namespace: Namespace, name: str) -> None:
    """Whoever else changes the deployment of this name waits for the end of this transaction: what it is compared with stays true."""
    ModelDeployment.objects.standing().filter(namespace=namespace, name=name).select_for_update(of=("self",)).first()


def record_change(actor: User | None, what: str, deployment: ModelDeployment, **detail: Any) -> None:
    """The audit entry of a change of a deployment."""
    record(
        actor=actor,
        action=what,
        subject_kind="deployment",
        subject_id=deployment.pk,
        subject_name=f"{deployment.namespace.name}/{deployment.name}",
        team_name=deployment.team.name,
        cluster=deployment.cluster.name,
        **detail,
    )


def set_follows(deployment: ModelDeployment, alias: str, follower: User | None) -> None:
    """It follows `alias` (empty: none) in the name of `follower` from now on; what that ends has its audit entry.

    In the caller's transaction.
    """
    former = deployment.follows
    deployment.follows, deployment.followed_by = alias, follower if alias else None
    deployment.save(update_fields=["follows", "followed_by"])
    if former and former != alias:
        record_change(follower, "deployment.follow_ended", deployment, alias=former, follows=alias)


def insist_on_standing(deployment: ModelDeployment) -> None:
    """Raises Conflict for a deployment that is gone or on its way out: nothing may bring it back under its name."""
    stands = ModelDeployment.objects.standing().filter(pk=deployment.pk, deletion_requested_at__isnull=True)
    if not stands.exists():
        raise Conflict(_("This deployment is being deleted, or gone. Deploy anew; under the same name once it is gone."), code="gone")


def _locked(namespace: Namespace, name: str) -> ModelDeployment | None:
    found = standing_deployment(namespace, name)
    return (
        ModelDeployment.objects.select_for_update(of=("self",)).select_related("namespace__team", "cluster").get(pk=found.pk)
        if found
        else None
    )


def _insert(namespace: Namespace, wish: DeploymentWish) -> ModelDeployment:
    deployment = ModelDeployment(cluster=namespace.cluster, namespace=namespace, name=wish.name, next_reconcile_at=Now())
    try:
        with transaction.atomic():
            deployment.save(force_insert=True)
    except IntegrityError:
        message = _("A deployment “%(name)s” was made meanwhile. Reload and change that one.")
        raise Conflict(message % {"name": wish.name}, code="name_taken") from None
    return deployment


def _next_revision(deployment: ModelDeployment, *, actor: User, wish: DeploymentWish, reason: str, request: Request | None) -> Revision:
    newest = deployment.revisions.first()
    revision = Revision(
        deployment=deployment,
        number=newest.number + 1 if newest else 1,
        content=wish.spec.dump(),
        model_version=version_of(wish.spec.source),
        author=actor,
        reason=reason,
        request=request,
        restores=wish.restores,
    )
    revision.save()
    return revision


def _try(deployment: ModelDeployment, candidate: Revision, trial: Trial, follows: str, actor: User) -> None:
    if deployment.revision is None:
        raise Conflict(_("Nothing serves yet that a candidate could stand beside. Let this one serve at once."), code="no_stable")
    rollout = Rollout(
        deployment=deployment,
        stable=deployment.revision,
        candidate=candidate,
        share=trial.share,
        # By its text: of a float the model would take all the digits that it has in binary.
        max_errors=None if trial.max_errors is None else Decimal(str(trial.max_errors)),
        max_p99=trial.max_p99,
        min_requests=trial.min_requests,
        follows=follows,
        started_by=actor,
        next_reconcile_at=Now(),
    )
    rollout.full_clean(exclude=["deployment", "stable", "candidate", "next_reconcile_at"], validate_constraints=False)
    rollout.save(force_insert=True)
    wake("rollout", rollout.pk)
