"""The table of served kinds: names, scope, subresources; discovery and routing read it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sandbox.schema.decode import Decoded, decode
from sandbox.schema.types import Struct, struct

ALL_VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")
WITHOUT_COLLECTION = ("create", "delete", "get", "list", "patch", "update", "watch")


@dataclass(frozen=True)
class Kind:
    """One served kind."""

    group: str
    version: str
    name: str
    plural: str
    namespaced: bool
    short_names: tuple[str, ...] = ()
    status: bool = False
    generation: bool = False
    categories: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ALL_VERBS
    subresources: tuple[str, ...] = ()
    is_served: bool = True
    # Its objects may have been written in another version, or under another schema, than they are read in.
    is_custom: bool = False
    # What a definition may add: fields for selectors, and a warning to whoever uses this version.
    selectable: tuple[str, ...] = ()
    deprecation: str = ""

    @cached_property
    def built_in(self) -> str:
        """The name, by which rules of a kind are found; empty for a custom kind, which may be called Service or Job as well."""
        return "" if self.is_custom else self.name

    @property
    def singular(self) -> str:
        """As kubectl takes it beside the plural."""
        return self.name.lower()

    @property
    def list_name(self) -> str:
        """The kind of a list of these."""
        return f"{self.name}List"

    @cached_property
    def api_version(self) -> str:
        """As objects carry it: `v1`, `apps/v1`."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @cached_property
    def resource(self) -> str:
        """As messages name it: `pods`, `deployments.apps`."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @cached_property
    def struct(self) -> Struct:
        """The type in the schema tables."""
        package = {"": "core", "rbac.authorization.k8s.io": "rbac"}.get(self.group, self.group.split(".")[0])
        return struct(f"{package}.{self.version}.{self.name}")

    def decode(self, body: Any, *, keep_empty: bool = False) -> Decoded:
        """An object of this kind from JSON, unknown fields set aside; raises TypeMismatch. `keep_empty` is for apply configurations."""
        return decode(body, self.struct, keep_empty=keep_empty)

    def convert(self, value: dict[str, Any]) -> dict[str, Any]:
        """An object as this kind shows it; `value` was written as another version of it."""
        return value

    def desired(self, value: dict[str, Any]) -> Any:
        """The part of an object whose change makes a new generation."""
        return value.get("spec")

    @cached_property
    def key(self) -> str:
        """The name under which the store and the journal hold objects of this kind."""
        return f"{self.group}/{self.plural}"


def _core(name: str, plural: str, short: str = "", *, namespaced: bool = True, **more: object) -> Kind:
    return Kind("", "v1", name, plural, namespaced, (short,) if short else (), **more)  # type: ignore[arg-type]


DEFINITIONS = "customresourcedefinitions"
RBAC, APPS, ALL = "rbac.authorization.k8s.io", "apps", ("all",)
KINDS: tuple[Kind, ...] = (
    _core("Namespace", "namespaces", "ns", namespaced=False, status=True, verbs=WITHOUT_COLLECTION, subresources=("finalize",)),
    _core("Node", "nodes", "no", namespaced=False, status=True, subresources=("proxy",)),
    _core("PersistentVolume", "persistentvolumes", "pv", namespaced=False, status=True),
    _core(
        "Pod",
        "pods",
        "po",
        status=True,
        categories=ALL,
        subresources=("attach", "binding", "eviction", "exec", "log", "portforward", "proxy"),
    ),
    _core("Event", "events", "ev"),
    _core("Secret", "secrets"),
    _core("ConfigMap", "configmaps", "cm"),
    _core("Service", "services", "svc", status=True, categories=ALL, subresources=("proxy",)),
    _core("Endpoints", "endpoints", "ep"),
    _core("ServiceAccount", "serviceaccounts", "sa", subresources=("token",)),
    _core("ResourceQuota", "resourcequotas", "quota", status=True),
    _core("LimitRange", "limitranges", "limits"),
    _core("PersistentVolumeClaim", "persistentvolumeclaims", "pvc", status=True),
    Kind(APPS, "v1", "Deployment", "deployments", True, ("deploy",), True, True, ALL, subresources=("scale",)),
    Kind(APPS, "v1", "ReplicaSet", "replicasets", True, ("rs",), True, True, ALL, subresources=("scale",)),
    Kind(APPS, "v1", "StatefulSet", "statefulsets", True, ("sts",), True, True, ALL, subresources=("scale",)),
    Kind(APPS, "v1", "DaemonSet", "daemonsets", True, ("ds",), True, True, ALL),
    Kind(APPS, "v1", "ControllerRevision", "controllerrevisions", True),
    Kind("batch", "v1", "Job", "jobs", True, (), True, True, ALL),
    Kind("batch", "v1", "CronJob", "cronjobs", True, ("cj",), True, True, ALL),
    Kind(RBAC, "v1", "Role", "roles", True),
    Kind(RBAC, "v1", "ClusterRole", "clusterroles", False),
    Kind(RBAC, "v1", "RoleBinding", "rolebindings", True),
    Kind(RBAC, "v1", "ClusterRoleBinding", "clusterrolebindings", False),
    Kind("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", True, ("netpol",), False, True),
    Kind("networking.k8s.io", "v1", "Ingress", "ingresses", True, ("ing",), True, True),
    Kind("networking.k8s.io", "v1", "IngressClass", "ingressclasses", False),
    Kind("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", True, ("pdb",), True, True),
    Kind("coordination.k8s.io", "v1", "Lease", "leases", True),
    Kind("autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", True, ("hpa",), True),
    Kind("storage.k8s.io", "v1", "StorageClass", "storageclasses", False, ("sc",)),
    Kind("scheduling.k8s.io", "v1", "PriorityClass", "priorityclasses", False, ("pc",)),
    Kind("apiregistration.k8s.io", "v1", "APIService", "apiservices", False, status=True, categories=("api-extensions",)),
    Kind("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices", True),
    Kind("apiextensions.k8s.io", "v1", "CustomResourceDefinition", DEFINITIONS, False, ("crd", "crds"), True, True, ("api-extensions",)),
)
BY_PLURAL = {(kind.group, kind.version, kind.plural): kind for kind in KINDS}
BY_KEY = {kind.key: kind for kind in KINDS}
BY_NAME = {kind.name: kind for kind in KINDS}


def kind_named(name: str) -> Kind:
    """The built-in kind of this name, such as `Pod`."""
    return BY_NAME[name]
