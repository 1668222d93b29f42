"""ResourceQuota and LimitRange: amounts, and the defaults that a LimitRange derives."""

from typing import Any

from sandbox.kinds.errors import Cause, bad_value, required, unsupported
from sandbox.kinds.resources import check_quota
from sandbox.kinds.rules import Object, Rules, immutable
from sandbox.schema.quantities import parse

SCOPES = (
    "Terminating",
    "NotTerminating",
    "BestEffort",
    "NotBestEffort",
    "PriorityClass",
    "CrossNamespacePodAffinity",
    "VolumeAttributesClass",
)
TYPES = ("Container", "Pod", "PersistentVolumeClaim")


def _validate_quota(quota: Object) -> list[Cause]:
    spec = quota.get("spec") or {}
    causes = check_quota(spec.get("hard") or {}, "spec.hard")
    unknown = [each for each in spec.get("scopes") or [] if each not in SCOPES]
    return causes + [bad_value("spec.scopes", each, "unsupported scope") for each in unknown]


def _quota_update(new: Object, old: Object) -> list[Cause]:
    return immutable(new, old, "spec", "scopes")


def _default_limits(limits: Object) -> None:
    for item in (limits.get("spec") or {}).get("limits") or []:
        if item.get("type") != "Container":
            continue
        for name, amount in (item.get("max") or {}).items():
            item.setdefault("default", {}).setdefault(name, amount)
        for name, amount in (item.get("default") or {}).items():
            item.setdefault("defaultRequest", {}).setdefault(name, amount)
        for name, amount in (item.get("min") or {}).items():
            item.setdefault("defaultRequest", {}).setdefault(name, amount)


def _validate_limits(limits: Object) -> list[Cause]:
    causes: list[Cause] = []
    for index, item in enumerate((limits.get("spec") or {}).get("limits") or []):
        causes += _item(item, f"spec.limits[{index}]")
    return causes


def _item(item: dict[str, Any], field: str) -> list[Cause]:
    if not item.get("type"):
        return [required(f"{field}.type")]
    if item["type"] not in TYPES and "/" not in item["type"]:
        return [unsupported(f"{field}.type", item["type"], TYPES)]
    causes: list[Cause] = []
    for low, high in (("min", "max"), ("min", "default"), ("min", "defaultRequest"), ("default", "max"), ("defaultRequest", "default")):
        causes += _ordered(item, low, high, field)
    return causes


def _ordered(item: dict[str, Any], low: str, high: str, field: str) -> list[Cause]:
    smaller, larger = item.get(low) or {}, item.get(high) or {}
    wrong = [name for name in smaller.keys() & larger.keys() if parse(smaller[name]) > parse(larger[name])]
    why = "{} value {} is greater than {} value {}"
    return [
        bad_value(f"{field}.{low}[{name}]", smaller[name], why.format(low, smaller[name], high, larger[name])) for name in sorted(wrong)
    ]


RESOURCE_QUOTA = Rules(validate=_validate_quota, validate_update=_quota_update)
LIMIT_RANGE = Rules(_default_limits, _validate_limits)
