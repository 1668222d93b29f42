"""ResourceQuota and LimitRange: amounts, and the defaults that a LimitRange derives."""

from typing import Any

from sandbox.kinds.errors import Cause, bad_value, required
from sandbox.kinds.names import is_qualified
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
BOUNDS = {"min": "min", "max": "max", "default": "default", "defaultRequest": "default request"}
PAIRS = (
    ("min", "max", "min"),
    ("min", "defaultRequest", "defaultRequest"),
    ("defaultRequest", "max", "defaultRequest"),
    ("defaultRequest", "default", "defaultRequest"),
    ("min", "default", "default"),
    ("default", "max", "default"),
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
    items = (limits.get("spec") or {}).get("limits") or []
    for index, item in enumerate(items):
        field, name = f"spec.limits[{index}]", item.get("type", "")
        causes += _type(name, f"{field}.type")
        if any(each.get("type", "") == name for each in items[:index]):
            causes.append(Cause(f"{field}.type", f'Duplicate value: "{name}"', "FieldValueDuplicate"))
        causes += _item(item, field)
    return causes


def _type(name: str, field: str) -> list[Cause]:
    if problems := is_qualified(name):
        return [bad_value(field, name, why) for why in problems]
    return [] if "/" in name or name in TYPES else [bad_value(field, name, "must be a standard limit type or fully qualified")]


def _item(item: dict[str, Any], field: str) -> list[Cause]:
    if item.get("type") == "PersistentVolumeClaim" and not any("storage" in (item.get(key) or {}) for key in ("min", "max")):
        return [required(f"{field}.limits", "either minimum or maximum storage value is required, but neither was provided")]
    if item.get("type") == "Pod" and ("default" in item or "defaultRequest" in item):
        why = "Forbidden: may not be specified when `type` is 'Pod'"
        return [Cause(f"{field}.{key}", why, "FieldValueForbidden") for key in ("default", "defaultRequest") if key in item]
    names = sorted({name for key in BOUNDS for name in item.get(key) or {}})
    return [cause for name in names for cause in _bounds(item, name, field)]


def _bounds(item: dict[str, Any], name: str, field: str) -> list[Cause]:
    """What of one resource's amounts is larger than what must not be smaller; the third says which of both is named."""
    amounts = {key: (item.get(key) or {}).get(name) for key in BOUNDS}
    causes = []
    for low, high, blamed in PAIRS:
        smaller, larger = amounts[low], amounts[high]
        if smaller is not None and larger is not None and parse(smaller) > parse(larger):
            limit = " limit" if (low, high) == ("defaultRequest", "default") else ""
            why = f"{BOUNDS[low]} value {smaller} is greater than {BOUNDS[high]}{limit} value {larger}"
            shown = larger if low == "default" else smaller if blamed == "default" else amounts[blamed]
            causes.append(bad_value(f"{field}.{blamed}[{name}]", shown, why))
    return causes


RESOURCE_QUOTA = Rules(validate=_validate_quota, validate_update=_quota_update)
LIMIT_RANGE = Rules(_default_limits, _validate_limits)
