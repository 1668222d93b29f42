"""Quota bars: what a namespace was granted and what the API server counts as used, one line per resource."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clusters.models import GpuFlavor, Observed
from kube.quantities import QuantityError, bytes_of, count_of, cpu_millicores
from tenants.models import Namespace

PLAIN = (
    ("cpu", _("CPU"), "requests.cpu", cpu_millicores),
    ("memory", _("Memory"), "requests.memory", bytes_of),
    ("storage", _("Storage"), "requests.storage", bytes_of),
)


@dataclass(frozen=True)
class Gauge:
    """Amounts in the unit of `key`; `used` is None while the cluster has not told it."""

    key: str
    label: "str | Promise"
    granted: int
    used: int | None
    shared_by: str = ""

    @property
    def idle(self) -> int:
        """Granted and not used."""
        return max(0, self.granted - (self.used or 0))

    @property
    def over(self) -> int:
        """Used above what is granted, as after a shrink."""
        return max(0, (self.used or 0) - self.granted)

    @property
    def within(self) -> int:
        """Used of what is granted."""
        return min(self.used or 0, self.granted)


def gauges(namespaces: Iterable[Namespace]) -> dict[int, list[Gauge]]:
    """The bars of each namespace by its primary key: two queries for all of them."""
    rows = list(namespaces)
    used = _used([row.holder for row in rows])
    flavors = _flavors({row.cluster_id for row in rows})
    return {row.pk: _bars(row, used.get(row.holder, {}), flavors[row.cluster_id]) for row in rows}


def _used(holders: list[str]) -> dict[str, dict[str, Any]]:
    seen = Observed.objects.filter(kind="ResourceQuota", owner__in=holders).values_list("owner", "body")
    return {owner: (body.get("status") or {}).get("used") or {} for owner, body in seen}


def _flavors(clusters: set[int]) -> dict[int, dict[str, GpuFlavor]]:
    found: dict[int, dict[str, GpuFlavor]] = defaultdict(dict)
    for flavor in GpuFlavor.objects.filter(cluster__in=clusters):
        found[flavor.cluster_id][flavor.name] = flavor
    return found


def _bars(namespace: Namespace, used: dict[str, Any], flavors: dict[str, GpuFlavor]) -> list[Gauge]:
    quota = namespace.quota
    bars = list(_cards(dict(quota.gpus), used, flavors))
    for key, label, name, read in PLAIN:
        granted, now = getattr(quota, key), _read(read, used.get(name))
        if granted or now:
            bars.append(Gauge(key, label, granted, now))
    return bars


def _cards(granted: dict[str, int], used: dict[str, Any], flavors: dict[str, GpuFlavor]) -> Iterable[Gauge]:
    """One bar per resource name: flavors that share a name share the number that the cluster knows."""
    by_resource: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for name, count in granted.items():
        flavor = flavors.get(name)
        by_resource[flavor.resource_name if flavor else name].append((str(flavor or name), count))
    for resource, parts in by_resource.items():
        label = " + ".join(label for label, _count in parts)
        split = ", ".join(f"{label} {count}" for label, count in parts) if len(parts) > 1 else ""
        now = _read(count_of, used.get(f"requests.{resource}"))
        yield Gauge(f"gpu:{resource}", label, sum(count for _label, count in parts), now, split)


def _read(read: Any, text: Any) -> int | None:
    try:
        return read(str(text)) if text is not None else None
    except QuantityError:
        return None
