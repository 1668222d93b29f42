"""Pausing, resuming, retrying and deleting a deployment."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import User
from audit.action import action
from audit.errors import Conflict
from deployments.actions.place import insist_on_standing, record_change
from deployments.models import ModelDeployment, Rollout
from deployments.outcomes import DELETED, end_requests
from deployments.parsing.grace import check_grace
from deployments.policies import may_delete, may_operate, may_retry
from deployments.streaming import announce
from reconcile.due import retry_now
from reconcile.wake import wake
from tenants.models import Namespace


@action("deployment.pause")
def pause_deployment(*, actor: User, deployment: ModelDeployment) -> ModelDeployment:
    """Stops its pods and keeps the row. Raises PermissionDenied, Conflict (paused already, being deleted)."""
    return _set_paused(actor, deployment, True, "deployment.pause")


@action("deployment.resume")
def resume_deployment(*, actor: User, deployment: ModelDeployment) -> ModelDeployment:
    """Lets it serve again. Raises PermissionDenied, Conflict (not paused, being deleted)."""
    return _set_paused(actor, deployment, False, "deployment.resume")


def _set_paused(actor: User, deployment: ModelDeployment, paused: bool, what: str) -> ModelDeployment:
    if not may_operate(actor, deployment):
        raise PermissionDenied(_("Only members and owners of the team change its deployments."))
    rows = ModelDeployment.objects.standing().filter(pk=deployment.pk, paused=not paused, deletion_requested_at__isnull=True)
    if not rows.update(paused=paused):
        insist_on_standing(deployment)
        raise Conflict(_("It is paused already.") if paused else _("It is not paused."), code="stale_state")
    return _changed(actor, deployment, what)


@action("deployment.retry")
def retry_deployment(*, actor: User, deployment: ModelDeployment) -> ModelDeployment:
    """Has it reconciled at once. Raises PermissionDenied."""
    if not may_retry(actor, deployment):
        raise PermissionDenied(_("Only members of the team, or a platform administrator, can retry."))
    retry_now("deployment", deployment.pk)
    record_change(actor, "deployment.retry", deployment)
    deployment.refresh_from_db()
    wake("deployment", deployment.pk)
    return deployment


@action("deployment.delete")
def delete_deployment(*, actor: User, deployment: ModelDeployment, confirm: str, grace_seconds: int = 0) -> ModelDeployment:
    """Stops it at once, and takes its objects away after the grace. `confirm` must be its name.

    Raises PermissionDenied, ValidationError (wrong name, grace over a week), Conflict (already being deleted, or gone).
    """
    if not may_delete(actor, deployment):
        raise PermissionDenied(_("Only members of the team (in production its owners), or a platform administrator, can delete it."))
    if confirm != deployment.name:
        raise ValidationError({"confirm": _("Type the name of the deployment, “%(name)s”, to delete it.") % {"name": deployment.name}})
    check_grace(grace_seconds)
    _end_rollouts(deployment, actor)
    if not deployment.start_deletion(grace_seconds):
        deployment.refresh_from_db()
        why = _("This deployment is gone; its record stays.") if deployment.deleted_at else _("This deployment is already being deleted.")
        raise Conflict(why, code="already_deleting")
    _end_rollouts(deployment, actor)
    if not grace_seconds:
        _release(deployment)
    return _changed(actor, deployment, "deployment.delete", grace_seconds=grace_seconds)


def note_removed(deployment: ModelDeployment) -> None:
    """The cluster confirmed that its objects are gone. Runs in the engine's transaction."""
    if ModelDeployment.objects.standing().filter(pk=deployment.pk).update(deleted_at=Now()):
        deployment.refresh_from_db()
        end_requests(deployment, DELETED)
        record_change(None, "deployment.deleted", deployment)


def end_with_namespace(namespace: Namespace) -> None:
    """Called when a namespace is gone: what served in it went with it. Runs in that transaction."""
    for deployment in ModelDeployment.objects.standing().filter(namespace=namespace).select_related("namespace__team", "cluster"):
        _end_rollouts(deployment, None)
        deployment.start_deletion(0)
        ModelDeployment.objects.filter(pk=deployment.pk).update(deletion_released=True)
        _end_rollouts(deployment, None)
        note_removed(deployment)


def end_graces() -> int:
    """Makes the deployments due whose grace is over by the database's clock; a chore of the sweep. Returns how many."""
    over = ModelDeployment.objects.standing().filter(delete_after__lte=Now(), deletion_released=False)
    return sum(_release(deployment) for deployment in over.only("pk"))


def _release(deployment: ModelDeployment) -> bool:
    rows = ModelDeployment.objects.filter(pk=deployment.pk, deletion_released=False)
    if not rows.update(deletion_released=True):
        return False
    deployment.touch()
    wake("deployment", deployment.pk)
    return True


def _end_rollouts(deployment: ModelDeployment, actor: User | None) -> None:
    """Called before the deployment's row is written, since whoever ends a rollout locks that first, too; and again after, when nobody can
    begin another one.
    """
    values = {"ended": Rollout.End.DELETED, "ended_at": Now(), "ended_by": actor, "next_reconcile_at": None}
    Rollout.objects.running().filter(deployment=deployment).update(**values)


def _changed(actor: User, deployment: ModelDeployment, what: str, **detail: object) -> ModelDeployment:
    record_change(actor, what, deployment, **detail)
    deployment.touch()
    deployment.refresh_from_db()
    announce(deployment)
    wake("deployment", deployment.pk)
    return deployment
