"""What is watched: the kinds of our own objects by their label, and the tenants' pods, events and nodes."""

from kube.kinds import GATEWAY, MONITORING, NETWORK, OWNER, POLICY, RBAC, SERVING

Kind = tuple[str, str]

NAMESPACE: Kind = ("v1", "Namespace")
POD: Kind = ("v1", "Pod")
EVENT: Kind = ("v1", "Event")
NODE: Kind = ("v1", "Node")
# What not every cluster serves: a kind that is missing does not make what is known of the others old.
OPTIONAL: tuple[Kind, ...] = (
    (SERVING, "InferenceService"),
    (MONITORING, "ServiceMonitor"),
    (GATEWAY, "HTTPRoute"),
    (NETWORK, "Ingress"),
    (POLICY, "PodDisruptionBudget"),
    ("autoscaling/v2", "HorizontalPodAutoscaler"),
)
# The portal's ClusterRole lets it watch these; a kind that is rendered from now on is added in both places.
OWNED: tuple[Kind, ...] = (
    NAMESPACE,
    ("v1", "ResourceQuota"),
    ("v1", "LimitRange"),
    ("v1", "ServiceAccount"),
    (RBAC, "RoleBinding"),
    (NETWORK, "NetworkPolicy"),
    *OPTIONAL,
)
WATCHED: tuple[Kind, ...] = (*OWNED, POD, EVENT, NODE)


def selector_of(kind: Kind) -> str | None:
    """The label selector of a kind's list and watch."""
    return OWNER if kind in OWNED else None
