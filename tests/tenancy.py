"""Clusters, requests and namespaces for tests, by plain functions; requests and decisions go through the actions."""

import itertools
from typing import Any

from django.db.models.functions import Now

from accounts.models import Team, User
from approvals.actions import approve_request
from approvals.models import Request
from clusters.models import CapacityAccount, Cluster, GpuFlavor
from tenants.actions import request_namespace
from tenants.models import Namespace
from tenants.resources import Resources
from tenants.wish import NamespaceWish
from tests.factories import make_user

GIB = 2**30
_numbers = itertools.count(1)


def make_cluster(name: str = "fra-1", *, h100: int = 16, cpu: int = 256_000, memory: int = 1024 * GIB, **fields: Any) -> Cluster:
    """A cluster with a flavor h100 (nvidia.com/gpu) and capacity for it; `cpu` in millicores, `memory` in bytes."""
    cluster = Cluster.objects.create(name=name, display_name=name, **fields)
    CapacityAccount.objects.create(cluster=cluster, key="cpu", installed=cpu, ceiling=cpu)
    CapacityAccount.objects.create(cluster=cluster, key="memory", installed=memory, ceiling=memory)
    CapacityAccount.objects.create(cluster=cluster, key="storage")
    gpus = CapacityAccount.objects.create(cluster=cluster, key="gpu:h100", installed=h100, ceiling=h100)
    GpuFlavor.objects.create(cluster=cluster, name="h100", display_name="H100", account=gpus, installed=h100)
    return cluster


def make_wish(cluster: Cluster | str = "fra-1", name: str = "", **changes: Any) -> NamespaceWish:
    """8 CPU, 32 GiB of memory, 100 GiB of storage and one H100, unless changed; `ends_at` for a grant with an end."""
    ends_at = changes.pop("ends_at", None)
    amounts = {"cpu": 8000, "memory": 32 * GIB, "storage": 100 * GIB, "gpus": {"h100": 1}, **changes}
    return NamespaceWish(str(getattr(cluster, "name", cluster)), name or f"vision-{next(_numbers)}", Resources(**amounts), ends_at)


def ask(actor: User, team: Team, wish: NamespaceWish, justification: str = "We train the new line.") -> Request:
    """An open request of `actor` in the name of `team`."""
    return request_namespace(actor=actor, team=team, wish=wish, justification=justification)


def approve(request: Request, by: User | None = None) -> Namespace:
    """The namespace of a request that somebody else has approved without looking at a plan."""
    approver = by or make_user(platform_roles=["approver"])
    approve_request(actor=approver, request=request, seen_version=request.version, confirmed=True)
    return Namespace.objects.get(request=request)


def make_namespace(cluster: Cluster | None = None, team: str = "vision", **changes: Any) -> Namespace:
    """A namespace that was asked for by an owner of `team` and approved; due, not yet applied."""
    cluster = cluster or Cluster.objects.first() or make_cluster()
    owner = make_user(team_roles={team: "owner"})
    return approve(ask(owner, owner.memberships.get().team, make_wish(cluster, **changes)))


def make_due(row: Any) -> None:
    """Makes a row due as the watcher would."""
    type(row).objects.filter(pk=row.pk).update(next_reconcile_at=Now())
