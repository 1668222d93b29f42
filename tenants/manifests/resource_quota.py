"""The ResourceQuota: what was granted, and object counts that keep one tenant from filling etcd."""

from collections import Counter
from typing import Any

from kube.quantities import format_bytes, format_count, format_cpu
from tenants.manifests.facts import Facts
from tenants.manifests.metadata import metadata

NAME = "slipway-quota"
OBJECT_COUNTS = {
    "pods": 500,
    "services": 100,
    "services.nodeports": 0,
    "services.loadbalancers": 0,
    "configmaps": 300,
    "secrets": 300,
    "persistentvolumeclaims": 100,
    "count/jobs.batch": 500,
    "count/cronjobs.batch": 100,
    "count/deployments.apps": 200,
}


def render(facts: Facts) -> dict[str, Any]:
    """The manifest. Flavors that share a resource name (H100 and A100 are both nvidia.com/gpu) share one number; a GPU resource
    of the cluster that was not granted is rendered as 0, since a resource that a quota does not name is unlimited."""
    quota, hard = facts.quota, {}
    for kind in ("requests", "limits"):
        hard[f"{kind}.cpu"] = format_cpu(quota.cpu)
        hard[f"{kind}.memory"] = format_bytes(quota.memory)
    hard["requests.storage"] = format_bytes(quota.storage)
    cards: Counter[str] = Counter(dict.fromkeys(facts.gpu_resources.values(), 0))
    for flavor, count in quota.gpus.items():
        cards[facts.gpu_resources[flavor]] += count
    hard |= {f"requests.{resource}": format_count(count) for resource, count in sorted(cards.items())}
    hard |= {name: format_count(count) for name, count in OBJECT_COUNTS.items()}
    return {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": metadata(facts, NAME), "spec": {"hard": hard}}
