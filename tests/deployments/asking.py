"""Deployments as people ask for them: wishes, and the cluster as the watcher has seen it, by plain functions."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

from django.utils import timezone

from accounts.models import User
from approvals.actions import approve_request
from approvals.models import Request
from clusters.models import GpuFlavor, Node, Observed
from deployments.actions import Placed, deploy
from deployments.actions.ask import subject_for
from deployments.checks import Finding, findings
from deployments.spec import DeploymentSpec, Size
from deployments.wish import DeploymentWish, Trial
from tenants.models import Namespace
from tests.deploying import GIB, make_spec

NAME = "defects"


def wish_for(
    namespace: Namespace,
    spec: DeploymentSpec | None = None,
    *,
    name: str = NAME,
    trial: Trial | None = None,
    follows: str = "",
    **changes: Any,
) -> DeploymentWish:
    """A small deployment of the first version, with other fields of its spec in `changes`."""
    spec = replace(spec or make_spec(), **changes)
    return DeploymentWish(namespace.cluster.name, namespace.name, name, spec, trial, follows)


def ask_for(
    actor: User, namespace: Namespace, reason: str = "The new line.", *, options: dict[str, Any] | None = None, **wish: Any
) -> Placed:
    """What becomes of `actor` deploying it; `options` are those of `deploy`."""
    return deploy(actor=actor, namespace=namespace, wish=wish_for(namespace, **wish), reason=reason, **(options or {}))


def found(namespace: Namespace, **wish: Any) -> list[Finding]:
    """What the checks say of it."""
    return findings(subject_for(namespace, wish_for(namespace, **wish)))


def codes(namespace: Namespace, **wish: Any) -> set[str]:
    """The codes of the findings."""
    return {finding.code for finding in found(namespace, **wish)}


def with_cards(count: int, flavor: str = "h100") -> Size:
    """Half a CPU and a gibibyte with so many cards."""
    return Size(500, 1000, GIB, 2 * GIB, flavor, count)


def set_environment(namespace: Namespace, environment: str) -> Namespace:
    """The namespace is for that from now on."""
    namespace.environment = environment
    namespace.save(update_fields=["environment"])
    return namespace


def approve(request: Request, by: User) -> Request:
    """Says yes to its newest version without a plan."""
    request.refresh_from_db()
    return approve_request(actor=by, request=request, seen_version=request.version, confirmed=True)


def observe(namespace: Namespace, kind: str, name: str, body: dict[str, Any]) -> Observed:
    """An object of the namespace as the watcher saw it."""
    where = {"cluster": namespace.cluster, "namespace": namespace.name, "kind": kind, "name": name}
    seen = {"api_version": "v1", "uid": str(uuid4()), "resource_version": "7", "owner": namespace.holder, "observed_at": timezone.now()}
    return Observed.objects.create(body=body, **where, **seen)


def observe_quota(namespace: Namespace, hard: dict[str, str], used: dict[str, str] | None = None) -> Observed:
    """Its quota; what is not named is not used."""
    body = {"spec": {"hard": hard}, "status": {"hard": hard, "used": dict.fromkeys(hard, "0") | (used or {})}}
    return observe(namespace, "ResourceQuota", "slipway-quota", body)


def observe_limits(namespace: Namespace, **most: str) -> Observed:
    """Its LimitRange with the most that a container may have."""
    return observe(namespace, "LimitRange", "slipway-limits", {"spec": {"limits": [{"type": "Container", "max": most}]}})


def observe_cards(namespace: Namespace, flavor: str = "h100", cards: int = 4) -> Node:
    """A node with cards of the flavor."""
    row = GpuFlavor.objects.get(cluster=namespace.cluster, name=flavor)
    row.node_selector, row.installed = {"gpu": flavor}, cards
    row.save(update_fields=["node_selector", "installed"])
    return Node.objects.create(
        cluster=namespace.cluster, name=f"gpu-{flavor}", uid=str(uuid4()), labels={"gpu": flavor}, observed_at=timezone.now()
    )
