"""The table of kinds: what the portal may write, what it may read, where it lives and how strictly it is owned."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

from kube.errors import UnknownKind

if TYPE_CHECKING:
    from kube.inventory import Ref

MANAGER = "slipway"
PREFIX = "slipway.dev/"
CLAIM = PREFIX + "claim"
OWNER = PREFIX + "owner"

Ownership = Literal["closed", "shared", "read"]


@dataclass(frozen=True, slots=True)
class Kind:
    """One row. closed: the whole spec is ours. shared: only what is rendered is. read: never written.

    `custom` kinds are there only while their CustomResourceDefinition is.
    """

    api_version: str
    kind: str
    plural: str
    namespaced: bool
    ownership: Ownership
    stage: int = 1
    bootstrap: bool = False
    custom: bool = False

    @property
    def root(self) -> str:
        """The path of the group and version, such as /api/v1 or /apis/rbac.authorization.k8s.io/v1."""
        return f"/apis/{self.api_version}" if "/" in self.api_version else f"/api/{self.api_version}"

    @property
    def group(self) -> str:
        """The API group; empty for the core one."""
        return self.api_version.partition("/")[0] if "/" in self.api_version else ""

    @property
    def definition(self) -> str:
        """The name of its CustomResourceDefinition; empty for a kind of Kubernetes itself."""
        return f"{self.plural}.{self.group}" if self.custom else ""


RBAC, NETWORK, POLICY = "rbac.authorization.k8s.io/v1", "networking.k8s.io/v1", "policy/v1"
SERVING, RUNTIMES = "serving.kserve.io/v1beta1", "serving.kserve.io/v1alpha1"
MONITORING, GATEWAY, SCALING = "monitoring.coreos.com/v1", "gateway.networking.k8s.io/v1", "autoscaling/v2"

_ROWS = (
    Kind("v1", "Namespace", "namespaces", False, "shared", stage=0),
    Kind("v1", "ServiceAccount", "serviceaccounts", True, "shared"),
    Kind("v1", "ResourceQuota", "resourcequotas", True, "closed"),
    Kind("v1", "LimitRange", "limitranges", True, "closed"),
    Kind(RBAC, "RoleBinding", "rolebindings", True, "closed"),
    Kind(NETWORK, "NetworkPolicy", "networkpolicies", True, "closed"),
    Kind(POLICY, "PodDisruptionBudget", "poddisruptionbudgets", True, "closed"),
    Kind(SERVING, "InferenceService", "inferenceservices", True, "shared", custom=True),
    Kind(MONITORING, "ServiceMonitor", "servicemonitors", True, "shared", custom=True),
    Kind(GATEWAY, "HTTPRoute", "httproutes", True, "shared", custom=True),
    Kind(NETWORK, "Ingress", "ingresses", True, "shared"),
    Kind(SCALING, "HorizontalPodAutoscaler", "horizontalpodautoscalers", True, "shared"),
    Kind(RBAC, "ClusterRole", "clusterroles", False, "closed", stage=0, bootstrap=True),
    Kind(RBAC, "ClusterRoleBinding", "clusterrolebindings", False, "closed", bootstrap=True),
    Kind("v1", "Pod", "pods", True, "read"),
    Kind("v1", "Node", "nodes", False, "read"),
    Kind("v1", "Event", "events", True, "read"),
    Kind("v1", "Service", "services", True, "read"),
    Kind("v1", "ConfigMap", "configmaps", True, "read"),
    Kind("v1", "PersistentVolumeClaim", "persistentvolumeclaims", True, "read"),
    Kind("apps/v1", "Deployment", "deployments", True, "read"),
    Kind("metrics.k8s.io/v1beta1", "PodMetrics", "pods", True, "read"),
    Kind("apiextensions.k8s.io/v1", "CustomResourceDefinition", "customresourcedefinitions", False, "read"),
    Kind(RUNTIMES, "ServingRuntime", "servingruntimes", True, "read", custom=True),
    Kind(RUNTIMES, "ClusterServingRuntime", "clusterservingruntimes", False, "read", custom=True),
    Kind(RUNTIMES, "ClusterStorageContainer", "clusterstoragecontainers", False, "read", custom=True),
)
KINDS: dict[tuple[str, str], Kind] = {(row.api_version, row.kind): row for row in _ROWS}


def kind_of(api_version: str, kind: str) -> Kind:
    """The row of a kind. Raises UnknownKind."""
    try:
        return KINDS[api_version, kind]
    except KeyError:
        raise UnknownKind(f"{api_version} {kind} is not a kind that the portal handles; add a row to kube/kinds.py.") from None


def writable(api_version: str, kind: str, *, bootstrap: bool = False) -> Kind:
    """The row of a kind that may be written; `bootstrap` opens the rows of a cluster's installation too. Raises UnknownKind."""
    row = kind_of(api_version, kind)
    if row.ownership == "read":
        raise UnknownKind(f"{api_version} {kind} is only read by the portal, never written.")
    if row.bootstrap and not bootstrap:
        raise UnknownKind(f"{api_version} {kind} is written only while a cluster is being set up.")
    return row


def collection_path(api_version: str, kind: str, namespace: str | None = None) -> str:
    """The path of all objects of a kind, in one namespace or in all."""
    row = kind_of(api_version, kind)
    if namespace and row.namespaced:
        return f"{row.root}/namespaces/{quote(namespace, safe='')}/{row.plural}"
    return f"{row.root}/{row.plural}"


def path_of(ref: "Ref") -> str:
    """The path of one object. Raises UnknownKind, or ValueError without a needed name or namespace."""
    row = kind_of(ref.api_version, ref.kind)
    if not ref.name or (row.namespaced and not ref.namespace):
        raise ValueError(f"{ref.kind} {ref.name!r} needs a name{' and a namespace' if row.namespaced else ''}.")
    return f"{collection_path(ref.api_version, ref.kind, ref.namespace)}/{quote(ref.name, safe=':')}"
