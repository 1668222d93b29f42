"""A candidate's way: its share, its promotion, its end; and the way back to an earlier revision."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import User
from audit.action import action
from audit.errors import Conflict
from deployments.actions.ask import Placed, deploy, subject_for
from deployments.actions.follow import propose_after
from deployments.actions.place import hold, insist_on_standing, place, record_change, set_follows
from deployments.checks import findings, refuse
from deployments.models import ModelDeployment, Revision, Rollout
from deployments.policies import may_operate
from deployments.queries import last_good, named_by
from deployments.scaling.bounds import note_bounds
from deployments.streaming import announce
from deployments.wish import DeploymentWish
from reconcile.wake import wake

End = Rollout.End


@action("rollout.change_share")
def change_share(*, actor: User, rollout: Rollout, share: int, seen_share: int) -> Rollout:
    """Sends `share` percent of the requests to the candidate; what was measured before does not count any more.

    Raises PermissionDenied, ValidationError (share), Conflict (it ended, or somebody else changed it).
    """
    _ask_policy(actor, rollout.deployment)
    if not 0 <= share <= 100:
        raise ValidationError({"share": _("A share goes from 0 to 100 percent.")})
    rows = Rollout.objects.running().filter(pk=rollout.pk, share=seen_share)
    if not rows.update(share=share, figures={}):
        raise _stale(rollout)
    rollout.refresh_from_db()
    rollout.touch()
    _changed(actor, "rollout.change_share", rollout, share=share)
    wake("rollout", rollout.pk)
    return rollout


@action("rollout.promote")
def promote_candidate(*, actor: User, rollout: Rollout, reason: str = "") -> ModelDeployment:
    """Lets the candidate serve alone. Raises PermissionDenied, Conflict (it ended)."""
    _ask_policy(actor, rollout.deployment)
    return end_rollout(rollout, End.PROMOTED, actor=actor, reason=reason)


@action("rollout.roll_back")
def roll_back_candidate(*, actor: User, rollout: Rollout, reason: str = "") -> ModelDeployment:
    """Takes the candidate away; what served before serves alone again. Raises PermissionDenied, Conflict (it ended)."""
    _ask_policy(actor, rollout.deployment)
    return end_rollout(rollout, End.ROLLED_BACK, actor=actor, reason=reason)


def end_rollout(
    rollout: Rollout, how: str, *, actor: User | None, reason: str = "", verdict: dict[str, Any] | None = None
) -> ModelDeployment:
    """Ends a running rollout in the caller's transaction; `actor` is None when the portal itself decided by `verdict`.

    What is followed from then on, and a move of the alias that waited for the end, are told in `follow.py`.
    """
    values: dict[str, Any] = {"ended": how, "ended_at": Now(), "ended_by": actor, "next_reconcile_at": None}
    if verdict is not None:
        values["verdict"] = verdict
    if not Rollout.objects.running().filter(pk=rollout.pk).update(**values):
        raise _stale(rollout)
    deployment = rollout.deployment
    if how == End.PROMOTED:
        ModelDeployment.objects.filter(pk=deployment.pk).update(revision=rollout.candidate)
        note_bounds(rollout.stable.spec, rollout.candidate)
    rollout.refresh_from_db()
    if how == End.PROMOTED:
        _follow_as_candidate(rollout)
    what = "rollout.promote" if how == End.PROMOTED else "rollout.roll_back"
    _changed(actor, what, rollout, reason=reason, **({"verdict": verdict} if verdict else {}))
    propose_after(rollout)
    deployment.refresh_from_db()
    return deployment


@action("deployment.roll_back")
def roll_back(*, actor: User, deployment: ModelDeployment, revision: Revision, reason: str = "") -> Placed:
    """Makes an earlier revision serve again, as a new one that repeats it.

    The last good one, what served before the present one, comes back at once: nobody waits for an approver while something broken serves.
    An older one is a change like any other: today's policy says whether an approver decides it.
    Raises PermissionDenied, ValidationError (it may not stand any more), Conflict (a rollout runs, it serves already).
    """
    _ask_policy(actor, deployment)
    insist_on_standing(deployment)
    namespace = deployment.namespace
    hold(namespace, deployment.name)
    deployment.refresh_from_db(fields=["revision", "follows"])
    if deployment.revision and revision.content == deployment.revision.content:
        raise Conflict(_("Revision %(number)s is what serves now.") % {"number": revision.number}, code="nothing_to_do")
    follows = deployment.follows if named_by(deployment.follows, revision.model_version) else ""
    place_of = (deployment.cluster.name, namespace.name, deployment.name)
    wish = DeploymentWish(*place_of, revision.spec, follows=follows, restores=revision.number)
    words = reason or _("Back to revision %(number)s") % {"number": revision.number}
    good = last_good(deployment)
    if good is None or good.content != revision.content:
        return deploy(actor=actor, namespace=namespace, wish=wish, reason=words, confirmed=True)
    refuse(findings(subject_for(namespace, wish)), confirmed=True)
    return Placed(place(actor=actor, namespace=namespace, wish=wish, reason=words), None)


def _follow_as_candidate(rollout: Rollout) -> None:
    """As was asked when the candidate began, if its model has the alias still. What stays the same stays in its follower's name."""
    alias = rollout.follows if named_by(rollout.follows, rollout.candidate.model_version) else ""
    if alias != rollout.deployment.follows:
        set_follows(rollout.deployment, alias, rollout.started_by)


def _ask_policy(actor: User, deployment: ModelDeployment) -> None:
    if not may_operate(actor, deployment):
        raise PermissionDenied(_("Only members and owners of the team change its deployments."))


def _changed(actor: User | None, what: str, rollout: Rollout, **detail: object) -> None:
    """The audit entry, and the deployment due with it."""
    deployment = rollout.deployment
    record_change(actor, what, deployment, revision=rollout.candidate.number, **detail)
    deployment.touch()
    deployment.refresh_from_db()
    announce(deployment)
    wake("deployment", deployment.pk)


def _stale(rollout: Rollout) -> Conflict:
    rollout.refresh_from_db()
    if rollout.ended_at:
        return Conflict(_("This rollout has ended: %(how)s.") % {"how": rollout.get_ended_display()}, code="rollout_ended")
    return Conflict(_("The share is now %(share)s %%. Reload and decide on what stands.") % {"share": rollout.share}, code="stale_share")
