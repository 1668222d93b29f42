"""Reads from the database what a namespace's manifests are made of; the only bridge between rows and manifests."""

from collections import defaultdict
from typing import Any

from accounts.models import Membership, Team
from clusters.models import Cluster
from tenants.manifests.facts import Facts
from tenants.models import Namespace
from tenants.resources import Resources


def facts_of(namespace: Namespace) -> Facts:
    """The facts of a namespace that stands."""
    return _facts(
        namespace.cluster, namespace.team, namespace.name, namespace.holder, namespace.claim, namespace.quota, namespace.environment
    )


def facts_for_plan(cluster: Cluster, team: Team, name: str, quota: Resources, environment: str) -> Facts:
    """The facts of a namespace that does not exist yet, for the dry run."""
    return _facts(cluster, team, name, owner="namespace.0", claim="planned", quota=quota, environment=environment)


def _facts(cluster: Cluster, team: Team, name: str, owner: str, claim: str, quota: Resources, environment: str) -> Facts:
    members: dict[str, list[str]] = defaultdict(list)
    active = Membership.objects.filter(team=team).active().order_by("user__username")
    for role, username in active.values_list("role", "user__username"):
        members[role].append(username)
    facts: dict[str, Any] = {
        "members": members,
        "group": team.idp_group,
        "gpu_resources": dict(cluster.flavors.values_list("name", "resource_name")),
        "identity": cluster.identity,
        "network_profile": cluster.network_profile,
    }
    return Facts(name=name, team=team.name, owner=owner, claim=claim, quota=quota, environment=environment, **facts)
