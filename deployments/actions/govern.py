"""What administrators decide about deployments: a cluster's policy, and which places outside the registry belong to a team."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from accounts.models import Team, User
from accounts.policies import may_administer
from audit.action import action
from audit.record import record
from clusters.models import Cluster
from deployments.models import DeploymentPolicy, StoragePrefix

CHANGEABLE = ("free_gpus", "outside_needs_approval", "production_needs_approval", "alias", "alias_environments", "images")


@action("deployment.set_policy")
def set_policy(*, actor: User | None, cluster: Cluster, **changes: Any) -> DeploymentPolicy:
    """Changes what of a cluster's policy is named; what is asked for from then on goes by it. PermissionDenied, ValidationError."""
    _ask_policy(actor)
    if unknown := set(changes) - set(CHANGEABLE):
        raise ValidationError({name: _("This cannot be changed.") for name in sorted(unknown)})
    policy = DeploymentPolicy.of(cluster)
    for name, value in changes.items():
        setattr(policy, name, value)
    policy.full_clean(exclude=["cluster"] if policy.pk is None else [])
    policy.save()
    _record(actor, "deployment.set_policy", "deployment policy", policy.pk, cluster.name, **changes)
    return policy


@action("storage.give_prefix")
def give_prefix(*, actor: User | None, team: Team, prefix: str) -> StoragePrefix:
    """Lets a team deploy, and register, what lies below a prefix. PermissionDenied, ValidationError (no prefix, somebody else's)."""
    _ask_policy(actor)
    given = StoragePrefix(team=team, prefix=prefix)
    given.full_clean()
    given.save()
    _record(actor, "storage.give_prefix", "storage prefix", given.pk, prefix, team_name=team.name)
    return given


@action("storage.take_prefix")
def take_prefix(*, actor: User | None, prefix: StoragePrefix) -> None:
    """Takes it back: what is deployed stays, nothing more is deployed from there. PermissionDenied."""
    _ask_policy(actor)
    _record(actor, "storage.take_prefix", "storage prefix", prefix.pk, prefix.prefix, team_name=prefix.team.name)
    prefix.delete()


def _ask_policy(actor: User | None) -> None:
    if not may_administer(actor):
        raise PermissionDenied(_("Only administrators change what teams may deploy."))


def _record(actor: User | None, what: str, kind: str, pk: int, name: str, **detail: Any) -> None:
    record(actor=actor, action=what, subject_kind=kind, subject_id=pk, subject_name=name, **detail)
