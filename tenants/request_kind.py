"""A namespace as a kind of request: what is valid, what a yes would do, and what it becomes."""

from functools import partial
from typing import Any

from approvals.models import Request
from approvals.registry import RequestKind
from clusters.breaker import is_open, open_breaker
from clusters.connections import connection
from clusters.models import Cluster
from kube.errors import Unreachable
from kube.plan import dry_run
from reconcile.attempt import Attempt
from tenants.actions.create import create_namespace
from tenants.checks import check_wish
from tenants.gathering import facts_for_plan
from tenants.manifests import render
from tenants.parsing import changed_wish
from tenants.wish import NamespaceWish

STAND_IN = "slipway-plan"


class NamespaceRequest(RequestKind):
    """Asks for a new namespace."""

    name = "namespace"

    def validate(self, request: Request, wanted: dict[str, Any]) -> dict[str, Any]:
        """The wish, if it can stand."""
        wish = NamespaceWish.load(wanted)
        check_wish(wish, team=request.team, but=request)
        return wish.dump()

    def parse_decision(self, request: Request, written: dict[str, Any]) -> dict[str, Any]:
        """The wish with what the approver wrote; what they did not write stays as it was asked."""
        return changed_wish(NamespaceWish.load(request.requested), written).dump()

    def plan(self, request: Request, attempt: Attempt) -> list[dict[str, Any]]:
        """Every object dry-run by the cluster itself; those inside a namespace that does not exist yet, in the stand-in."""
        wish, cluster = NamespaceWish.load(request.requested), self._cluster(request)
        if is_open(cluster.pk):
            raise Unreachable(f"the cluster {cluster} does not answer")
        manifests = render(facts_for_plan(cluster, request.team, wish.name, wish.resources, wish.environment))
        attempt.renew()
        ask = partial(dry_run, connection(cluster), entry=None, claim="planned", stand_in_namespace=STAND_IN, deadline=attempt.deadline)
        return [ask(manifest) for manifest in manifests]

    def on_approved(self, request: Request) -> int:
        """The namespace's row."""
        return create_namespace(request).pk

    def cluster_key(self, request: Request) -> str:
        """Waits for the cluster that is asked for."""
        return self._cluster(request).key

    def unreachable(self, request: Request) -> None:
        """Opens that cluster's breaker."""
        open_breaker(self._cluster(request).pk)

    def _cluster(self, request: Request) -> Cluster:
        return Cluster.objects.get(name=request.requested["cluster"])
