"""Which rules a kind brings; a kind without an entry has the common ones only."""

from sandbox.kinds.budget import POD_DISRUPTION_BUDGET
from sandbox.kinds.config import CONFIG_MAP, SECRET
from sandbox.kinds.event import EVENT
from sandbox.kinds.namespace import NAMESPACE
from sandbox.kinds.network import NETWORK_POLICY, SERVICE
from sandbox.kinds.pod import POD
from sandbox.kinds.quota import LIMIT_RANGE, RESOURCE_QUOTA
from sandbox.kinds.rbac import BINDING, ROLE
from sandbox.kinds.rules import Rules
from sandbox.kinds.table import Kind
from sandbox.kinds.volume import CLAIM
from sandbox.kinds.workload import DAEMON_SET, DEPLOYMENT, JOB, REPLICA_SET, STATEFUL_SET

COMMON = Rules()
RULES = {
    "Namespace": NAMESPACE,
    "Pod": POD,
    "ConfigMap": CONFIG_MAP,
    "Secret": SECRET,
    "Event": EVENT,
    "Service": SERVICE,
    "ResourceQuota": RESOURCE_QUOTA,
    "LimitRange": LIMIT_RANGE,
    "PersistentVolumeClaim": CLAIM,
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
}


def rules_for(kind: Kind) -> Rules:
    """The rules of a kind."""
    return RULES.get(kind.name, COMMON)
