"""Rows whose objects live in a namespace that another row owns, for tests: a kind that renders what the test says."""

from typing import Any

from clusters.breaker import open_breaker
from clusters.connections import connection
from kube.connect import Api
from kube.errors import Unreachable
from kube.inventory import Entry, find
from reconcile.attempt import Attempt
from reconcile.inside import converge_inside, remove_inside
from reconcile.outcome import Outcome
from reconcile.registry import OwnerKind
from tenants.models import Namespace

Manifest = dict[str, Any]


class GuestKind(OwnerKind):
    """`wanted` is what every row renders, in the namespace of the row `host`. A row of Namespace stands in for an app above."""

    name = "guest"
    model = Namespace

    def __init__(self, host: Namespace) -> None:
        self.host = host
        self.wanted: list[Manifest] = []

    def rows(self) -> Any:
        return Namespace.objects.select_related("cluster")

    def space(self) -> Entry | None:
        """The entry of the namespace in its owner's inventory, as it is now."""
        self.host.refresh_from_db()
        return find(self.host.inventory, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self.host.name}})

    def run(self, row: Namespace, attempt: Attempt) -> Outcome:
        return remove_inside(row, attempt, self.space()) if self.is_doomed(row) else converge_inside(row, attempt, self.space())

    def connect(self, row: Namespace) -> Api:
        if row.cluster.breaker_opened_at:
            raise Unreachable("the cluster does not answer")
        return connection(row.cluster)

    def render(self, row: Namespace) -> list[Manifest]:
        return [] if self.is_doomed(row) else [self.named(row, manifest) for manifest in self.wanted]

    def named(self, row: Namespace, manifest: Manifest) -> Manifest:
        """The manifest with the owner's marks and the namespace."""
        labels = {"slipway.dev/owner": f"{self.name}.{row.pk}", **manifest["metadata"].get("labels", {})}
        annotations = {"slipway.dev/claim": row.claim, **manifest["metadata"].get("annotations", {})}
        metadata = {"namespace": self.host.name, **manifest["metadata"], "labels": labels, "annotations": annotations}
        return {**manifest, "metadata": metadata}

    def is_doomed(self, row: Namespace) -> bool:
        return row.deletion_requested_at is not None

    def blocked_key(self, row: Namespace) -> str:
        return row.cluster.key

    def unreachable(self, row: Namespace) -> None:
        open_breaker(row.cluster_id)


def limits(name: str, cpu: str = "2") -> Manifest:
    """A closed kind."""
    return {
        "apiVersion": "v1",
        "kind": "LimitRange",
        "metadata": {"name": name},
        "spec": {"limits": [{"type": "Container", "max": {"cpu": cpu}}]},
    }


def account(name: str) -> Manifest:
    """A shared kind."""
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name}, "automountServiceAccountToken": False}
