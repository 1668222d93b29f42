"""Deployments as a kind of the engine: how they are connected, rendered and removed, and what follows from an outcome."""

from typing import Any

from clusters.breaker import open_breaker
from clusters.connections import connection
from deployments.actions.operate import note_removed
from deployments.gathering import facts_of
from deployments.manifests import render
from deployments.models import ModelDeployment
from deployments.outcomes import tell_requests
from deployments.pod_trial import noted, try_newest
from deployments.streaming import announce
from kube.connect import Api
from kube.errors import Unreachable
from kube.inventory import Entry
from reconcile.attempt import Attempt
from reconcile.inside import converge_inside, remove_inside
from reconcile.outcome import Outcome
from reconcile.registry import OwnerKind


class DeploymentKind(OwnerKind):
    """One row and its objects, inside of a namespace that is a row of its own."""

    name = "deployment"
    model = ModelDeployment
    # What is rendered depends on how the cluster serves and on what its flavors bring.
    follows_cluster = True

    def rows(self) -> Any:
        """With everything that an attempt reads."""
        return ModelDeployment.objects.select_related("cluster", "namespace__team", "namespace__cluster", "revision__request__team")

    def run(self, row: ModelDeployment, attempt: Attempt) -> Outcome:
        """Makes it so, or takes it away when its grace is over."""
        if row.deleted_at:
            return Outcome("done", "Deleted", "it is gone")
        space = space_of(row)
        if row.deletion_released:
            return remove_inside(row, attempt, space)
        if space and space["uid"] and not row.settled and not row.paused:
            self._try_pod(row, attempt)
        return converge_inside(row, attempt, space)

    def _try_pod(self, row: ModelDeployment, attempt: Attempt) -> None:
        """Before a change is applied: a cluster that would refuse its pods says so at once, not by pods that never come."""
        _pod, tried = try_newest(self.connect(row), facts_of(row), attempt.deadline)
        row.conditions = noted(row.conditions, tried)

    def connect(self, row: ModelDeployment) -> Api:
        """The connection, unless the breaker of its cluster is open."""
        if row.cluster.breaker_opened_at:
            raise Unreachable(f"the cluster {row.cluster} does not answer")
        return connection(row.cluster)

    def render(self, row: ModelDeployment) -> list[dict[str, Any]]:
        """All its objects."""
        return render(facts_of(row))

    def is_doomed(self, row: ModelDeployment) -> bool:
        """Whether its objects are to go."""
        return row.deletion_released

    def blocked_key(self, row: ModelDeployment) -> str:
        """Waits for its cluster."""
        return row.cluster.key

    def unreachable(self, row: ModelDeployment) -> None:
        """Opens the cluster's breaker."""
        open_breaker(row.cluster_id)

    def settled(self, row: ModelDeployment, outcome: Outcome) -> None:
        """Its requests learn what became of them."""
        if outcome.state == "removed":
            note_removed(row)
        else:
            tell_requests(row, outcome)
        announce(row, "objects")

    def visible_to(self, user: Any) -> Any:
        """Who sees the namespace."""
        return ModelDeployment.objects.visible_to(user)


def space_of(row: ModelDeployment) -> Entry | None:
    """The inventory entry of the namespace that it lives in; None while that is not known, or no more."""
    return next((entry for entry in row.namespace.inventory if entry["kind"] == "Namespace"), None)
