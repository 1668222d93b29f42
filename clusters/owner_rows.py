"""The rows above this app that own objects in a cluster; known by the registry only."""

from typing import Any

from django.db.models import QuerySet

from clusters.models import Cluster
from reconcile.registry import OwnerKind


def rows_in(kind: OwnerKind, cluster: Cluster) -> QuerySet[Any]:
    """The kind's rows that live in the cluster; a kind whose rows have no `cluster` owns no objects."""
    rows: QuerySet[Any] = kind.model._default_manager.all()
    return rows.filter(cluster=cluster) if hasattr(kind.model, "cluster_id") else rows.none()
