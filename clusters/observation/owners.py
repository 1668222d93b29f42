"""The rows that own what was seen: loaded by primary key in one query per kind, or all of a cluster's for a resync."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.db.models.functions import Now

from clusters.models import Cluster
from clusters.owner_rows import rows_in
from kube.inventory import Ref
from reconcile.registry import OwnerKind, kind, kinds, owner_key, parse_owner_key


@dataclass(frozen=True, slots=True)
class Owner:
    """What the judge must know of a row: its inventory by address, whether a worker holds it, whether it wants its objects gone."""

    kind: str
    pk: int
    entries: dict[Ref, dict[str, Any]]
    held: bool
    doomed: bool

    @property
    def key(self) -> str:
        """The value of the owner label."""
        return owner_key(self.kind, self.pk)


def owners_named(cluster: Cluster, keys: Iterable[str]) -> dict[str, Owner]:
    """The rows behind values of the owner label; a value that is nobody's, or of another cluster, is left out."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for key in keys:
        if parsed := parse_owner_key(key):
            wanted[parsed[0]].add(parsed[1])
    found = {}
    for name, pks in wanted.items():
        for row in _with_lease(rows_in(kind(name), cluster).filter(pk__in=pks)):
            found[owner_key(name, row.pk)] = _owner(kind(name), row)
    return found


def all_owners(cluster: Cluster) -> dict[str, Owner]:
    """Every row that has objects in the cluster: one query per kind."""
    found = {}
    for each in kinds():
        for row in _with_lease(rows_in(each, cluster).exclude(inventory=[])).iterator():
            found[owner_key(each.name, row.pk)] = _owner(each, row)
    return found


def _with_lease(rows: QuerySet[Any]) -> QuerySet[Any]:
    held: QuerySet[Any] = rows.annotate(
        is_held=ExpressionWrapper(Q(lease_until__isnull=False) & Q(lease_until__gte=Now()), output_field=BooleanField())
    )
    return held


def _owner(each: OwnerKind, row: Any) -> Owner:
    entries = {Ref.of(entry): entry for entry in row.inventory}
    return Owner(each.name, row.pk, entries, bool(row.is_held), each.is_doomed(row))
