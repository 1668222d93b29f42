"""Which rules a kind brings; a kind without an entry has the common ones only."""

from sandbox.custom.definition import DEFINITION
from sandbox.custom.kind import CustomKind
from sandbox.kinds.api_service import API_SERVICE
from sandbox.kinds.autoscaling import AUTOSCALER
from sandbox.kinds.budget import POD_DISRUPTION_BUDGET
from sandbox.kinds.config import CONFIG_MAP, SECRET
from sandbox.kinds.cron_job import CRON_JOB
from sandbox.kinds.event import EVENT
from sandbox.kinds.job import JOB
from sandbox.kinds.lease import LEASE
from sandbox.kinds.namespace import NAMESPACE
from sandbox.kinds.network import NETWORK_POLICY
from sandbox.kinds.node import NODE
from sandbox.kinds.pod import POD
from sandbox.kinds.priority import PRIORITY_CLASS
from sandbox.kinds.quota import LIMIT_RANGE, RESOURCE_QUOTA
from sandbox.kinds.rbac import BINDING, ROLE
from sandbox.kinds.rules import Rules
from sandbox.kinds.service import SERVICE
from sandbox.kinds.table import Kind
from sandbox.kinds.volume import CLAIM, STORAGE_CLASS, VOLUME
from sandbox.kinds.workload import DAEMON_SET, DEPLOYMENT, REPLICA_SET, STATEFUL_SET

COMMON = Rules()
RULES = {
    "APIService": API_SERVICE,
    "Namespace": NAMESPACE,
    "Node": NODE,
    "HorizontalPodAutoscaler": AUTOSCALER,
    "Pod": POD,
    "ConfigMap": CONFIG_MAP,
    "Secret": SECRET,
    "Event": EVENT,
    "Lease": LEASE,
    "Service": SERVICE,
    "ResourceQuota": RESOURCE_QUOTA,
    "LimitRange": LIMIT_RANGE,
    "PersistentVolumeClaim": CLAIM,
    "PersistentVolume": VOLUME,
    "StorageClass": STORAGE_CLASS,
    "Role": ROLE,
    "ClusterRole": ROLE,
    "RoleBinding": BINDING,
    "ClusterRoleBinding": BINDING,
    "NetworkPolicy": NETWORK_POLICY,
    "PodDisruptionBudget": POD_DISRUPTION_BUDGET,
    "Deployment": DEPLOYMENT,
    "ReplicaSet": REPLICA_SET,
    "StatefulSet": STATEFUL_SET,
    "DaemonSet": DAEMON_SET,
    "Job": JOB,
    "CustomResourceDefinition": DEFINITION,
    "PriorityClass": PRIORITY_CLASS,
    "CronJob": CRON_JOB,
}


def rules_for(kind: Kind) -> Rules:
    """The rules of a kind."""
    if isinstance(kind, CustomKind):
        return kind.rules
    return RULES.get(kind.built_in, COMMON)
