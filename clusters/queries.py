"""What pages and the API read of clusters: the capacity ledger and the drift inbox."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet

from accounts.policies import sees_everything
from clusters.cards import holders_of
from clusters.models import Allotment, CapacityAccount, Cluster, Drift, GpuFlavor, Observed
from kube.quantities import QuantityError, bytes_of, count_of, cpu_millicores
from reconcile.registry import kinds

COUNTERS = {"cpu": cpu_millicores, "memory": bytes_of, "storage": bytes_of}
QUOTA_NAMES = {"cpu": ("requests.cpu", "cpu"), "memory": ("requests.memory", "memory"), "storage": ("requests.storage",)}


@dataclass
class Line:
    """One account in its unit (millicores, bytes, cards). None where a number has no source or no limit."""

    key: str
    installed: int | None
    ceiling: int | None
    granted: int
    used: int
    flavors: list[str] = field(default_factory=list)
    holders: dict[str, int] = field(default_factory=dict)

    @property
    def free(self) -> int | None:
        """What may still be granted: what stands above both what is granted and what is in use."""
        return None if self.ceiling is None else max(0, self.ceiling - max(self.granted, self.used))


def ledger(cluster: Cluster) -> list[Line]:
    """What the cluster has, what was granted to whom, what is in use and what is left; five queries."""
    flavors = list(GpuFlavor.objects.filter(cluster=cluster).select_related("account"))
    accounts = list(CapacityAccount.objects.filter(cluster=cluster))
    used = _used(cluster, flavors)
    holders: dict[int, dict[str, int]] = defaultdict(dict)
    for allotment in Allotment.objects.filter(account__cluster=cluster, amount__gt=0):
        holders[allotment.account_id][allotment.holder] = allotment.amount
    return [
        Line(
            account.key,
            account.installed,
            account.ceiling,
            account.granted,
            used[account.key],
            [flavor.name for flavor in flavors if flavor.account_id == account.pk],
            holders[account.pk],
        )
        for account in accounts
    ]


def drifts_seen_by(user: Any) -> QuerySet[Drift]:
    """The findings on rows that the user may see; everything for approvers, administrators and auditors."""
    if sees_everything(user):
        return Drift.objects.all()
    chosen = Q(pk__in=[])
    for kind in kinds():
        chosen |= Q(owner_kind=kind.name, owner_pk__in=kind.visible_to(user).values("pk"))
    return Drift.objects.filter(chosen)


def _used(cluster: Cluster, flavors: list[GpuFlavor]) -> Counter[str]:
    quotas = Observed.objects.filter(cluster=cluster, kind="ResourceQuota").values_list("body", flat=True)
    used: Counter[str] = Counter()
    for body in quotas:
        amounts = (body.get("status") or {}).get("used") or {}
        for key, names in QUOTA_NAMES.items():
            used[key] += next((_amount(key, amounts[name]) for name in names if name in amounts), 0)
    used.update(_cards_in_use(cluster, flavors))
    return used


def _cards_in_use(cluster: Cluster, flavors: list[GpuFlavor]) -> Counter[str]:
    """By account: flavors of one node pool share one."""
    used: Counter[str] = Counter()
    holders = holders_of(cluster, flavors)
    for flavor in flavors:
        used[flavor.account.key] += holders[flavor.pk].total()
    return used


def _amount(key: str, text: object) -> int:
    try:
        return COUNTERS.get(key, count_of)(str(text))
    except QuantityError:
        return 0
