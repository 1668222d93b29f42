"""What a namespace's quota leaves and what its LimitRange lets a container have, as the watcher last saw them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from clusters.models import Observed
from kube.quantities import QuantityError, bytes_of, count_of, cpu_millicores
from tenants.manifests import limit_range, resource_quota
from tenants.models import Namespace


@dataclass(frozen=True)
class Room:
    """One resource of a quota: millicores for CPU, bytes for memory and storage, else a count."""

    hard: int
    used: int

    @property
    def free(self) -> int:
        """What is left; nothing when more is used than allowed."""
        return max(0, self.hard - self.used)


@dataclass(frozen=True)
class ContainerLimits:
    """What a LimitRange says of containers, by "cpu" (millicores) and "memory" (bytes)."""

    default: Mapping[str, int] = field(default_factory=dict)
    default_request: Mapping[str, int] = field(default_factory=dict)
    minimum: Mapping[str, int] = field(default_factory=dict)
    maximum: Mapping[str, int] = field(default_factory=dict)


def headroom(namespace: Namespace) -> dict[str, Room]:
    """By the names of the quota's resources, such as "requests.cpu"; empty while the cluster has not told it."""
    body = _observed(namespace, "ResourceQuota", resource_quota.NAME)
    hard, used = (body.get("spec") or {}).get("hard") or {}, (body.get("status") or {}).get("used") or {}
    return {name: Room(_amount(name, amount), _amount(name, used.get(name, "0"))) for name, amount in hard.items()}


def container_limits(namespace: Namespace) -> ContainerLimits:
    """What containers get and may have; empty where nothing is said or known."""
    items = (_observed(namespace, "LimitRange", limit_range.NAME).get("spec") or {}).get("limits") or []
    item: dict[str, Any] = next((item for item in items if item.get("type") == "Container"), {})
    parts = ("default", "defaultRequest", "min", "max")
    return ContainerLimits(*({name: _amount(name, text) for name, text in (item.get(part) or {}).items()} for part in parts))


def _observed(namespace: Namespace, kind: str, name: str) -> dict[str, Any]:
    rows = Observed.objects.filter(cluster=namespace.cluster_id, kind=kind, namespace=namespace.name, name=name)
    return rows.values_list("body", flat=True).first() or {}


def _amount(name: str, text: object) -> int:
    read = cpu_millicores if name.endswith("cpu") else bytes_of if name.endswith(("memory", "storage")) else count_of
    try:
        return read(str(text))
    except QuantityError:
        return 0
