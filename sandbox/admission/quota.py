"""ResourceQuota: refuses what would exceed a hard amount, exactly, since writes never interleave; keeps `status.used`."""

from decimal import Decimal

from sandbox.admission.scopes import in_scope, may_count
from sandbox.admission.usage import Usage, missing_amounts, shown, usage_of
from sandbox.kinds.errors import forbidden
from sandbox.kinds.rules import Object
from sandbox.kinds.table import Kind, kind_named
from sandbox.schema.quantities import parse, render
from sandbox.storage.store import Store
from sandbox.storage.stored import Stored

NOT_COUNTED = "events"


def check_quota(store: Store, kind: Kind, value: Object, before: Object | None) -> None:
    """Raise 403 if the object would take more than some quota of its namespace leaves."""
    if not kind.namespaced or kind.plural == NOT_COUNTED:
        return
    namespace, name = value["metadata"]["namespace"], value["metadata"].get("name", "")
    delta = _difference(usage_of(kind, value), usage_of(kind, before) if before else {})
    for quota in store.items(kind_named("ResourceQuota"), namespace):
        if not in_scope(quota.value, kind, value):
            continue
        hard = (quota.value.get("spec") or {}).get("hard") or {}
        if kind.built_in == "Pod" and before is None:
            _check_specified(kind, name, quota, value, set(hard))
        _check_amounts(store, kind, name, quota, hard, delta)


def used(store: Store, quota: Object) -> dict[str, str]:
    """What the namespace uses now of every resource that the quota names, as `status.used` shows it."""
    hard = (quota.get("spec") or {}).get("hard") or {}
    return shown(hard, total_usage(store, quota, set(hard)))


def total_usage(store: Store, quota: Object, names: set[str]) -> Usage:
    """The sum over every object of the namespace that counts."""
    total: Usage = {}
    for kind in store.kinds.namespaced():
        if kind.plural == NOT_COUNTED or not may_count(kind, names):
            continue
        for stored in store.items(kind, quota["metadata"]["namespace"]):
            if in_scope(quota, kind, stored.value):
                for name, amount in _cached_usage(stored).items():
                    total[name] = total.get(name, Decimal(0)) + amount
    return total


def _cached_usage(stored: Stored) -> Usage:
    if stored.usage is None:
        stored.usage = usage_of(stored.kind, stored.value)
    return stored.usage


def _difference(after: Usage, before: Usage) -> Usage:
    names = after.keys() | before.keys()
    return {name: after.get(name, Decimal(0)) - before.get(name, Decimal(0)) for name in names}


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
