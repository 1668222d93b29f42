"""Who may do what with a deployment, and which deployments an approver must say yes to."""

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policies import is_admin, is_member, is_owner
from deployments.models import DeploymentPolicy, ModelDeployment
from deployments.wish import DeploymentWish
from registry.models import ModelVersion
from tenants.environments import Environment
from tenants.models import Namespace


def may_deploy(user: User, namespace: Namespace) -> bool:
    """Members and owners of the namespace's team."""
    return is_member(user, namespace.team)


def may_operate(user: User, deployment: ModelDeployment) -> bool:
    """Change it, try it out, pause, roll back: members and owners of its team."""
    return is_member(user, deployment.team)


def may_retry(user: User, deployment: ModelDeployment) -> bool:
    """Members of the team, and platform admins: a retry changes nothing that is wanted."""
    return is_member(user, deployment.team) or is_admin(user)


def may_delete(user: User, deployment: ModelDeployment) -> bool:
    """Members and owners of its team; in production, owners; a platform admin always."""
    careful = deployment.namespace.environment == Environment.PRODUCTION
    return (is_owner if careful else is_member)(user, deployment.team) or is_admin(user)


def approval_reasons(namespace: Namespace, wish: DeploymentWish, version: ModelVersion | None) -> list[str]:
    """Why an approver must decide this, in plain words; empty when nobody needs to."""
    policy, spec = DeploymentPolicy.of(namespace.cluster), wish.spec
    cards = spec.size.gpus * max(spec.scaling.minimum, spec.scaling.maximum)
    found = []
    if policy.production_needs_approval and namespace.environment == Environment.PRODUCTION:
        found.append(_("%(namespace)s is a production namespace.") % {"namespace": namespace.name})
    if policy.outside_needs_approval and spec.exposure == "outside":
        found.append(_("It is exposed outside of the cluster."))
    if cards > policy.free_gpus:
        found.append(_("It may take %(cards)s GPUs; up to %(free)s need no approval.") % {"cards": cards, "free": policy.free_gpus})
    if _lacks_alias(policy, namespace, spec.source.kind, version):
        found.append(_("The version does not carry the alias “%(alias)s”.") % {"alias": policy.alias})
    return found


def _lacks_alias(policy: DeploymentPolicy, namespace: Namespace, kind: str, version: ModelVersion | None) -> bool:
    if not policy.alias or namespace.environment not in policy.alias_environments:
        return False
    return kind != "model" or version is None or not version.aliases.filter(name=policy.alias).exists()
