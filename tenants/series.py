"""Whose series those of a namespace and of a pod are, and by which lines they are bounded."""

from clusters.models import Pod
from metrics.grouping import limit_of, request_of
from metrics.series import About
from metrics.windows import POD
from tenants.models import Namespace


def about_namespace(namespace: Namespace) -> About:
    """All its pods; the limit is what was granted."""
    quota = namespace.quota
    return About(namespace.cluster_id, namespace.holder, {"cpu.limit": quota.cpu / 1000, "memory.limit": quota.memory})


def about_pod(pod: Pod) -> About:
    """Its containers together."""
    bounds = {
        f"{name}.{what}": read(pod, name) for name in ("cpu", "memory") for what, read in (("request", request_of), ("limit", limit_of))
    }
    return About(pod.cluster_id, f"{POD}{pod.uid}", bounds)
