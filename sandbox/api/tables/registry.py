"""Which table a kind has; one without an entry shows names and dates of creation."""

from datetime import datetime
from typing import Any

from sandbox.api.tables import cluster, config, network, storage, workloads
from sandbox.api.tables.autoscaling import AUTOSCALER
from sandbox.api.tables.columns import Column, Printer
from sandbox.api.tables.custom import custom_printer
from sandbox.api.tables.pods import POD
from sandbox.custom.kind import CustomKind
from sandbox.kinds.rules import Object
from sandbox.kinds.table import Kind


def _plain(value: Object, now: datetime) -> list[Any]:
    return [value["metadata"]["name"], value["metadata"].get("creationTimestamp")]


PLAIN = Printer((Column("Name", format="name"), Column("Created At", "date")), _plain)
PRINTERS = {
    "Pod": POD,
    "Node": cluster.NODE,
    "Namespace": cluster.NAMESPACE,
    "Event": cluster.EVENT,
    "ConfigMap": config.CONFIG_MAP,
    "Secret": config.SECRET,
    "ServiceAccount": config.SERVICE_ACCOUNT,
    "ResourceQuota": config.QUOTA,
    "Lease": config.LEASE,
    "PriorityClass": config.PRIORITY_CLASS,
    "RoleBinding": config.BINDING,
    "ClusterRoleBinding": config.BINDING,
    "APIService": cluster.API_SERVICE,
    "Deployment": workloads.DEPLOYMENT,
    "ReplicaSet": workloads.REPLICA_SET,
    "StatefulSet": workloads.STATEFUL_SET,
    "DaemonSet": workloads.DAEMON_SET,
    "ControllerRevision": workloads.CONTROLLER_REVISION,
    "Job": workloads.JOB,
    "CronJob": workloads.CRON_JOB,
    "PodDisruptionBudget": workloads.BUDGET,
    "HorizontalPodAutoscaler": AUTOSCALER,
    "Service": network.SERVICE,
    "Endpoints": network.ENDPOINTS,
    "EndpointSlice": network.ENDPOINT_SLICE,
    "NetworkPolicy": network.NETWORK_POLICY,
    "Ingress": network.INGRESS,
    "IngressClass": network.INGRESS_CLASS,
    "PersistentVolume": storage.VOLUME,
    "PersistentVolumeClaim": storage.CLAIM,
    "StorageClass": storage.STORAGE_CLASS,
}


def printer_for(kind: Kind) -> Printer:
    """The table of a kind."""
    if isinstance(kind, CustomKind):
        return custom_printer(kind.columns)
    return PRINTERS.get(kind.built_in, PLAIN)
