"""Following an alias: when it moves, the version that it names now is deployed by policy, or asked for.

A follow belongs to the deployment, not to a version. It goes on whatever comes to serve: a roll back, a promoted candidate, what another
environment sent. The page then says that the alias names another version, and its next move is proposed again. What ends it is a person's
word (another alias or none, here or with a change), or a model that has no alias of this name: that leaves an audit entry, and the page
says how to follow again.

Nothing is proposed beside a running rollout: a move is noted on it and proposed when it has ended, unless the candidate that was just
rolled back is the very version that the alias names.

The revision, or the request for it, is in the follower's name. Who moved the alias, where that was asked for here, does not decide the
request either; who moved it in the registry itself is not known.
"""

import logging
from dataclasses import replace

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from audit.action import action
from audit.errors import Conflict
from deployments.actions.ask import deploy
from deployments.actions.place import insist_on_standing, record_change
from deployments.models import ModelDeployment, Rollout
from deployments.policies import may_operate
from deployments.queries import named_by
from deployments.streaming import announce
from deployments.wish import DeploymentWish
from registry.models import ModelVersion, RegisteredModel
from registry.queries import mover_of

logger = logging.getLogger(__name__)
JOINED = ("cluster", "namespace__team", "namespace__cluster", "revision__model_version", "followed_by")


@action("deployment.follow")
def follow_alias(*, actor: User, deployment: ModelDeployment, alias: str) -> ModelDeployment:
    """Follows `alias` of its model from now on; an empty one ends that. Raises PermissionDenied, ValidationError (no such alias)."""
    if not may_operate(actor, deployment):
        raise PermissionDenied(_("Only members and owners of the team change its deployments."))
    insist_on_standing(deployment)
    version = deployment.revision.model_version if deployment.revision else None
    if alias and named_by(alias, version) is None:
        raise ValidationError({"alias": _("The model of this deployment has no alias “%(alias)s”.") % {"alias": alias}})
    # The last word counts: a promotion does not bring back what was said when its candidate began.
    Rollout.objects.running().filter(deployment=deployment).update(follows=alias)
    deployment.follows, deployment.followed_by = alias, actor if alias else None
    deployment.save(update_fields=["follows", "followed_by"])
    record_change(actor, "deployment.follow", deployment, alias=alias)
    announce(deployment)
    return deployment


def propose_moved_version(alias: str, model: RegisteredModel, old: ModelVersion | None, new: ModelVersion | None) -> None:
    """Called when an alias moved: each deployment that follows it gets a revision, or a request for one, in its follower's name."""
    if new is None:
        return
    for deployment in ModelDeployment.objects.following(alias, model).select_related(*JOINED):
        if not _waits_for_rollout(deployment, alias, new):
            _propose(deployment, alias, new)


def propose_after(rollout: Rollout) -> None:
    """What the alias names now, if it moved while this rollout ran. In the transaction that has ended it."""
    if not rollout.alias_moved:
        return
    deployment = ModelDeployment.objects.select_related(*JOINED).get(pk=rollout.deployment_id)
    alias, serves = deployment.follows, deployment.revision.model_version if deployment.revision else None
    named = named_by(alias, serves) if alias else None
    if named is None or serves is None:
        return
    if rollout.ended == Rollout.End.ROLLED_BACK and named.pk == rollout.candidate.model_version_id:
        _record_refusal(deployment, alias, named, _("It is what has just been rolled back."))
    else:
        _propose(deployment, alias, named)


def _waits_for_rollout(deployment: ModelDeployment, alias: str, version: ModelVersion) -> bool:
    """Whether a rollout runs that has it proposed at its end. The UPDATE waits for whoever is ending it, and then finds none."""
    if not Rollout.objects.running().filter(deployment=deployment).update(alias_moved=True):
        return False
    record_change(None, "deployment.follow_waits", deployment, alias=alias, version=version.number)
    announce(deployment)
    return True


def _propose(deployment: ModelDeployment, alias: str, version: ModelVersion) -> None:
    revision, actor = deployment.revision, deployment.followed_by
    if revision is None or actor is None or revision.model_version == version:
        return
    spec, namespace = revision.spec, deployment.namespace
    source = replace(spec.source, version=version.number, alias=alias, uri=version.download_uri)
    place = (deployment.cluster.name, namespace.name, deployment.name)
    wish, mover = DeploymentWish(*place, replace(spec, source=source), follows=alias), mover_of(alias, version)
    try:
        deploy(actor=actor, namespace=namespace, wish=wish, reason=_reason(alias, version, mover), prompted_by=mover)
    except Conflict as conflict:
        # Somebody may have begun a rollout at this moment.
        if conflict.code != "rollout_running" or not _waits_for_rollout(deployment, alias, version):
            _record_refusal(deployment, alias, version, str(conflict))
    except (PermissionDenied, ValidationError) as error:
        _record_refusal(deployment, alias, version, str(error))


def _reason(alias: str, version: ModelVersion, mover: User | None) -> str:
    if mover is None:
        return _("The alias “%(alias)s” moved to version %(version)s.") % {"alias": alias, "version": version.number}
    words = _("%(who)s moved the alias “%(alias)s” to version %(version)s.")
    return words % {"who": mover.username, "alias": alias, "version": version.number}


def _record_refusal(deployment: ModelDeployment, alias: str, version: ModelVersion, why: str) -> None:
    """The registry has moved all the same: that nothing follows is told where people look for it."""
    record_change(None, "deployment.not_followed", deployment, alias=alias, version=version.number, reason=why[:500])
    logger.warning("%s does not follow %s to version %s: %s", deployment, alias, version.number, why)
