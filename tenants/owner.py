"""Namespaces as a kind of the engine: how they are connected, rendered and removed, and what follows from an outcome."""

from typing import Any

from approvals.actions import mark_attempt
from clusters.breaker import open_breaker
from clusters.connections import connection
from kube.connect import Api
from kube.errors import Unreachable
from reconcile.attempt import Attempt
from reconcile.converge import converge
from reconcile.outcome import Outcome
from reconcile.registry import OwnerKind
from reconcile.remove import remove
from tenants.actions.delete import note_removed
from tenants.gathering import facts_of
from tenants.manifests import render
from tenants.models import Namespace
from tenants.streaming import announce


class NamespaceKind(OwnerKind):
    """One row, one Namespace and everything of ours in it."""

    name = "namespace"
    model = Namespace

    def rows(self) -> Any:
        """With the cluster, the team and the request."""
        return Namespace.objects.select_related("cluster", "team", "request__team")

    def run(self, row: Namespace, attempt: Attempt) -> Outcome:
        """Makes it so, or takes it away."""
        if row.deleted_at:
            return Outcome("done", "Deleted", "it is gone")
        return remove(row, attempt) if row.deletion_requested_at else converge(row, attempt)

    def connect(self, row: Namespace) -> Api:
        """The connection, unless the breaker of its cluster is open."""
        if row.cluster.breaker_opened_at:
            raise Unreachable(f"the cluster {row.cluster} does not answer")
        return connection(row.cluster)

    def render(self, row: Namespace) -> list[dict[str, Any]]:
        """All its objects."""
        return render(facts_of(row))

    def is_doomed(self, row: Namespace) -> bool:
        """Whether its deletion was asked for."""
        return row.deletion_requested_at is not None

    def blocked_key(self, row: Namespace) -> str:
        """Waits for its cluster."""
        return row.cluster.key

    def unreachable(self, row: Namespace) -> None:
        """Opens the cluster's breaker."""
        open_breaker(row.cluster_id)

    def settled(self, row: Namespace, outcome: Outcome) -> None:
        """Approved and applied are two truths: the request learns the second one here."""
        if outcome.state == "removed":
            note_removed(row)
        elif row.request is not None and not row.deletion_requested_at:
            mark_attempt(row.request, row, outcome)
        announce(row, "objects")

    def visible_to(self, user: Any) -> Any:
        """Who sees the team's namespaces."""
        return Namespace.objects.visible_to(user)
