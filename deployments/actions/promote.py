"""Carrying what serves in one environment to the next."""

from dataclasses import replace

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from audit.action import action
from deployments.actions.ask import Placed, deploy
from deployments.actions.place import insist_on_standing
from deployments.models import ModelDeployment, Revision
from deployments.policies import may_operate
from deployments.queries import named_by, standing_deployment
from deployments.wish import DeploymentWish, Trial
from tenants.models import Namespace


@action("deployment.promote_to")
def promote_to(
    *, actor: User, deployment: ModelDeployment, namespace: Namespace, reason: str, trial: Trial | None = None, confirmed: bool = False
) -> Placed:
    """Deploys what serves here under the same name in another namespace of the team, by the policy of that one.

    What belongs to the place stays there: replicas, scaling and exposure of a deployment that stands in the target are kept, and the alias
    that it follows, if the model that comes has it.
    Raises PermissionDenied, ValidationError, Conflict as `deploy` does.
    """
    if not may_operate(actor, deployment):
        raise PermissionDenied(_("Only members and owners of the team change its deployments."))
    insist_on_standing(deployment)
    if deployment.revision is None:
        raise ValidationError({"namespace": _("Nothing serves here yet.")})
    if namespace.team_id != deployment.namespace.team_id:
        raise ValidationError({"namespace": _("A deployment is promoted within its team.")})
    if namespace == deployment.namespace:
        raise ValidationError({"namespace": _("It is in that namespace already.")})
    wish = promoted_wish(deployment, deployment.revision, namespace, trial)
    return deploy(actor=actor, namespace=namespace, wish=wish, reason=reason, confirmed=confirmed)


def promoted_wish(deployment: ModelDeployment, revision: Revision, namespace: Namespace, trial: Trial | None = None) -> DeploymentWish:
    """What carrying the revision to the namespace would ask for."""
    spec, follows = revision.spec, ""
    there = standing_deployment(namespace, deployment.name)
    if there and there.revision:
        stands = there.revision.spec
        spec = replace(spec, scaling=stands.scaling, exposure=stands.exposure, min_available=stands.min_available)
        follows = there.follows if named_by(there.follows, revision.model_version) else ""
    return DeploymentWish(namespace.cluster.name, namespace.name, deployment.name, spec, trial, follows)
