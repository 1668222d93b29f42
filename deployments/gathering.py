"""Reads from the database what a deployment's manifests are made of; the only bridge between rows and manifests."""

from dataclasses import replace
from typing import Any

from clusters.models import Cluster, GpuFlavor
from deployments.manifests.facts import Cards, Facts, Variant
from deployments.models import ModelDeployment, Revision, Rollout
from deployments.serving import offer_of
from deployments.slots import slot_of
from deployments.spec import DeploymentSpec
from deployments.wish import DeploymentWish
from tenants.models import Namespace


def facts_of(deployment: ModelDeployment) -> Facts:
    """The facts of a deployment that stands, with the candidate of its running rollout."""
    assert deployment.revision is not None  # noqa: S101 - set in the transaction that made the row
    rollout = Rollout.objects.running().filter(deployment=deployment).select_related("candidate").first()
    cluster = deployment.cluster
    return Facts(
        **_place(deployment.namespace, deployment.name),
        owner=deployment.holder,
        claim=deployment.claim,
        stable=_stable(cluster, deployment.revision),
        serving=offer_of(cluster).serving,
        candidate=_variant(cluster, rollout.candidate) if rollout else None,
        share=rollout.share if rollout else 0,
        paused=deployment.paused or deployment.deletion_requested_at is not None,
    )


def facts_for_plan(namespace: Namespace, wish: DeploymentWish, standing: ModelDeployment | None) -> Facts:
    """The facts that a yes to the wish would bring, for the dry run."""
    fresh = Variant(_next_number(standing), wish.spec, cards_of(namespace.cluster, wish.spec))
    whose = (standing.holder, standing.claim) if standing else ("deployment.0", "planned")
    common: dict[str, Any] = {
        **_place(namespace, wish.name),
        "owner": whose[0],
        "claim": whose[1],
        "serving": offer_of(namespace.cluster).serving,
    }
    if wish.trial and standing and standing.revision:
        stable = _stable(namespace.cluster, standing.revision)
        return Facts(**common, stable=stable, candidate=fresh, share=wish.trial.share)
    slot = slot_of(standing.revision) if standing and standing.revision else ""
    return Facts(**common, stable=replace(fresh, slot=slot))


def cards_of(cluster: Cluster, spec: DeploymentSpec) -> Cards | None:
    """What the flavor of the spec brings; None without GPUs, or when the cluster has lost the flavor."""
    flavor = GpuFlavor.objects.filter(cluster=cluster, name=spec.size.flavor).first() if spec.size.gpus else None
    if flavor is None:
        return None
    return Cards(flavor.resource_name, flavor.node_selector, tuple(flavor.tolerations), flavor.runtime_class)


def _stable(cluster: Cluster, revision: Revision) -> Variant:
    return replace(_variant(cluster, revision), slot=slot_of(revision))


def _variant(cluster: Cluster, revision: Revision) -> Variant:
    return Variant(revision.number, revision.spec, cards_of(cluster, revision.spec))


def _place(namespace: Namespace, name: str) -> dict[str, str]:
    return {"name": name, "namespace": namespace.name, "team": namespace.team.name}


def _next_number(standing: ModelDeployment | None) -> int:
    newest = standing.revisions.first() if standing else None
    return newest.number + 1 if newest else 1
