"""Nodes as the cluster shows them -> Node rows."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from clusters.gpus import PRODUCT
from clusters.models import Cluster, Node

KEPT_LABELS = (PRODUCT, "kubernetes.io/hostname", "kubernetes.io/arch", "topology.kubernetes.io/zone", "node.kubernetes.io/instance-type")
PASSING = (
    "node.kubernetes.io/",
    "node.cloudprovider.kubernetes.io/",
    "node.cluster.x-k8s.io/",
    "karpenter.sh/",
    "ToBeDeleted",
    "DeletionCandidate",
)
UPDATED = ("uid", "resource_version", "labels", "allocatable", "taints", "ready", "schedulable", "version", "observed_at")


def save_nodes(cluster: Cluster, nodes: Iterable[dict[str, Any]], *, complete: bool = False) -> bool:
    """Insert or refresh the nodes' rows; with `complete`, others go. True when something that capacity depends on changed."""
    rows = {row.name: row for row in (_row(cluster, node) for node in nodes)}
    query = Node.objects.filter(cluster=cluster)
    before = {row.name: row for row in (query if complete else query.filter(name__in=rows))}
    gone = set(before) - set(rows)
    query.filter(name__in=gone).delete()
    moved = [row for row in rows.values() if row.name not in before or _facts(before[row.name]) != _facts(row)]
    Node.objects.bulk_create(moved, update_conflicts=True, unique_fields=["cluster", "name"], update_fields=UPDATED)
    return bool(gone) or any(row.name not in before or _capacity(before[row.name]) != _capacity(row) for row in moved)


def remove_nodes(cluster: Cluster, names: Iterable[str]) -> bool:
    """Forget nodes that were deleted; True when there was one."""
    return bool(Node.objects.filter(cluster=cluster, name__in=list(names)).delete()[0])


def _row(cluster: Cluster, node: dict[str, Any]) -> Node:
    metadata, status = node["metadata"], node.get("status") or {}
    conditions = {condition.get("type"): condition.get("status") for condition in status.get("conditions") or []}
    labels = metadata.get("labels") or {}
    return Node(
        cluster=cluster,
        name=metadata["name"],
        uid=metadata.get("uid", ""),
        resource_version=metadata.get("resourceVersion", ""),
        labels={key: value for key, value in labels.items() if _is_kept(key)},
        allocatable=status.get("allocatable") or {},
        taints=[taint for taint in (node.get("spec") or {}).get("taints") or [] if not _is_passing(taint)],
        ready=conditions.get("Ready") == "True",
        schedulable=not (node.get("spec") or {}).get("unschedulable", False),
        version=(status.get("nodeInfo") or {}).get("kubeletVersion", ""),
        observed_at=timezone.now(),
    )


def _is_kept(label: str) -> bool:
    return label in KEPT_LABELS or "gpu" in label or "node-role" in label or label.endswith((".sharing-strategy", ".product"))


def _is_passing(taint: dict[str, Any]) -> bool:
    """Nodes are tainted for what ails them and before they go; that says nothing of what a node is for."""
    return str(taint.get("key", "")).startswith(PASSING)


def _facts(row: Node) -> tuple[Any, ...]:
    # Kubelets rewrite the status each few minutes; a row that says the same is not worth a write.
    return (row.uid, row.labels, row.allocatable, row.taints, row.ready, row.schedulable, row.version)


def _capacity(row: Node) -> tuple[Any, ...]:
    return (row.labels, row.allocatable, row.taints)
