"""Amounts of resources in containers, quotas and limits: which names are known, which amounts are allowed."""

from decimal import Decimal

from sandbox.kinds.errors import Cause, bad_value, required
from sandbox.kinds.names import is_qualified
from sandbox.schema.quantities import parse

STANDARD = frozenset({"cpu", "memory", "ephemeral-storage"})
NOT_NEGATIVE = "must be greater than or equal to 0"
NOT_STANDARD = "must be a standard resource type or fully qualified"
MUST_BE_STANDARD = "must be a standard resource for quota"
INTEGER = "must be an integer"
QUOTA_NAMES = frozenset(
    {
        *("cpu", "memory", "ephemeral-storage", "pods", "services", "replicationcontrollers", "resourcequotas", "secrets", "configmaps"),
        *("persistentvolumeclaims", "services.nodeports", "services.loadbalancers", "requests.cpu", "requests.memory", "requests.storage"),
        *("requests.ephemeral-storage", "limits.cpu", "limits.memory", "limits.ephemeral-storage", "storage"),
    }
)


def is_extended(name: str) -> bool:
    """Whether this is an extended resource such as `nvidia.com/gpu`."""
    return "/" in name and not name.startswith("kubernetes.io/") and not name.startswith("requests.")


def check_container(resources: dict[str, dict[str, str]], field: str) -> list[Cause]:
    """Everything wrong with a container's `resources`."""
    requests, limits = resources.get("requests") or {}, resources.get("limits") or {}
    causes = [cause for name, amount in limits.items() for cause in _amount(name, amount, f"{field}.limits")]
    for name, amount in requests.items():
        causes += _amount(name, amount, f"{field}.requests")
        causes += _against_limit(name, amount, limits.get(name), field)
    return causes


def check_quota(hard: dict[str, str], field: str) -> list[Cause]:
    """Everything wrong with the amounts of a ResourceQuota."""
    causes = []
    for name, amount in hard.items():
        where = f"{field}[{name}]"
        causes += [bad_value(where, name, why) for why in is_qualified(name)]
        if "/" not in name and name not in QUOTA_NAMES and not causes:
            causes.append(bad_value(where, name, MUST_BE_STANDARD))
        causes += _not_negative(where, amount)
        if _counts(name) and parse(amount) != parse(amount).to_integral_value():
            causes.append(bad_value(where, amount, INTEGER))
    return causes


def _counts(name: str) -> bool:
    return name in QUOTA_NAMES - {"cpu", "memory"} and "." not in name.replace("services.", "") and "storage" not in name


def _amount(name: str, amount: str, field: str) -> list[Cause]:
    where = f"{field}[{name}]"
    causes = [bad_value(where, name, why) for why in is_qualified(name)]
    if not causes and "/" not in name and name not in STANDARD and not name.startswith("hugepages-"):
        causes = [bad_value(where, name, NOT_STANDARD)]
    causes += _not_negative(where, amount)
    if is_extended(name) and parse(amount) != parse(amount).to_integral_value():
        causes.append(bad_value(where, amount, INTEGER))
    return causes


def _not_negative(where: str, amount: str) -> list[Cause]:
    return [bad_value(where, amount, NOT_NEGATIVE)] if parse(amount) < Decimal(0) else []


def _against_limit(name: str, amount: str, limit: str | None, field: str) -> list[Cause]:
    if limit is None:
        return [required(f"{field}.limits", "Limit must be set for non overcommitable resources")] if is_extended(name) else []
    if is_extended(name) and parse(amount) != parse(limit):
        return [bad_value(f"{field}.requests", amount, f"must be equal to {name} limit of {limit}")]
    if parse(amount) > parse(limit):
        return [bad_value(f"{field}.requests", amount, f"must be less than or equal to {name} limit of {limit}")]
    return []
