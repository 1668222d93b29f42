"""ResourceQuota: refuses what would exceed a hard amount, exactly, since writes never interleave; keeps `status.used`."""

from decimal import Decimal
from typing import Any

from sandbox.admission.usage import Usage, missing_amounts, usage_of
from sandbox.kinds.errors import forbidden
from sandbox.kinds.rules import Object
from sandbox.kinds.table import KINDS, Kind, kind_named
from sandbox.schema.quantities import parse, render
from sandbox.storage.store import Store
from sandbox.storage.stored import Stored

COUNTED = tuple(kind for kind in KINDS if kind.namespaced and kind.name != "Event")


def check_quota(store: Store, kind: Kind, value: Object, before: Object | None) -> None:
    """Raise 403 if the object would take more than some quota of its namespace leaves."""
    if not kind.namespaced or kind not in COUNTED:
        return
    namespace, name = value["metadata"]["namespace"], value["metadata"].get("name", "")
    delta = _difference(usage_of(kind, value), usage_of(kind, before) if before else {})
    for quota in store.items(kind_named("ResourceQuota"), namespace):
        if not _in_scope(quota.value, kind, value):
            continue
        hard = (quota.value.get("spec") or {}).get("hard") or {}
        if kind.name == "Pod" and before is None:
            _check_specified(kind, name, quota, value, set(hard))
        _check_amounts(store, kind, name, quota, hard, delta)


def used(store: Store, quota: Object) -> dict[str, str]:
    """What the namespace uses now of every resource that the quota names, as `status.used` shows it."""
    hard = (quota.get("spec") or {}).get("hard") or {}
    total = total_usage(store, quota, set(hard))
    return {name: render(total.get(name, Decimal(0)), binary="memory" in name or "storage" in name) for name in hard}


def total_usage(store: Store, quota: Object, names: set[str]) -> Usage:
    """The sum over every object of the namespace that counts."""
    total: Usage = {}
    for kind in COUNTED:
        if not _may_count(kind, names):
            continue
        for stored in store.items(kind, quota["metadata"]["namespace"]):
            if _in_scope(quota, kind, stored.value):
                for name, amount in _cached_usage(stored).items():
                    total[name] = total.get(name, Decimal(0)) + amount
    return total


def _may_count(kind: Kind, names: set[str]) -> bool:
    if kind.name in ("Pod", "Service", "PersistentVolumeClaim"):
        return True
    return f"count/{kind.resource}" in names or kind.plural in names


def _cached_usage(stored: Stored) -> Usage:
    cached: Usage | None = stored.__dict__.get("quota_usage")
    if cached is None:
        cached = stored.__dict__["quota_usage"] = usage_of(stored.kind, stored.value)
    return cached


def _difference(after: Usage, before: Usage) -> Usage:
    names = after.keys() | before.keys()
    return {name: after.get(name, Decimal(0)) - before.get(name, Decimal(0)) for name in names}


def _in_scope(quota: Object, kind: Kind, value: Object) -> bool:
    spec = quota.get("spec") or {}
    scopes = spec.get("scopes") or []
    if kind.name != "Pod":
        return not scopes and "scopeSelector" not in spec
    return all(_matches(scope, value) for scope in scopes) and all(
        _matches_expression(each, value) for each in (spec.get("scopeSelector") or {}).get("matchExpressions") or []
    )


def _matches(scope: str, pod: Object) -> bool:
    terminating = "activeDeadlineSeconds" in pod["spec"]
    best_effort = (pod.get("status") or {}).get("qosClass") == "BestEffort"
    answers = {"Terminating": terminating, "NotTerminating": not terminating, "BestEffort": best_effort, "NotBestEffort": not best_effort}
    return answers.get(scope, True)


def _matches_expression(expression: dict[str, Any], pod: Object) -> bool:
    if expression["scopeName"] != "PriorityClass":
        return _matches(expression["scopeName"], pod)
    own, values = pod["spec"].get("priorityClassName", ""), expression.get("values") or []
    return {"In": own in values, "NotIn": own not in values, "Exists": bool(own), "DoesNotExist": not own}[expression["operator"]]


def _check_specified(kind: Kind, name: str, quota: Stored, value: Object, names: set[str]) -> None:
    missing = missing_amounts(value, names)
    if missing:
        listed = "; ".join(f"{each} for: {','.join(missing[each])}" for each in sorted(missing))
        raise forbidden(kind, name, f"failed quota: {quota.name}: must specify {listed}")


def _check_amounts(store: Store, kind: Kind, name: str, quota: Stored, hard: dict[str, str], delta: Usage) -> None:
    asked = {each: delta[each] for each in hard if delta.get(each, 0) > 0}
    if not asked:
        return
    total = total_usage(store, quota.value, set(hard))
    broken = sorted(each for each, amount in asked.items() if total.get(each, Decimal(0)) + amount > parse(hard[each]))
    if broken:
        wanted = ",".join(f"{each}={_shown(each, asked[each])}" for each in broken)
        taken = ",".join(f"{each}={_shown(each, total.get(each, Decimal(0)))}" for each in broken)
        limited = ",".join(f"{each}={hard[each]}" for each in broken)
        raise forbidden(kind, name, f"exceeded quota: {quota.name}, requested: {wanted}, used: {taken}, limited: {limited}")


def _shown(name: str, amount: Decimal) -> str:
    return render(amount, binary="memory" in name or "storage" in name)
