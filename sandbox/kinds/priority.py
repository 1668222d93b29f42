"""PriorityClass: what is reserved for the system, and what may not change."""

from sandbox.kinds.errors import Cause
from sandbox.kinds.rules import Object, Rules, immutable

SYSTEM = {"system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000}
PREFIX, HIGHEST = "system-", 1_000_000_000
RESERVED = "Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: "
TOO_HIGH = f"Forbidden: maximum allowed value of a user defined priority is {HIGHEST}"


def _default(priority: Object) -> None:
    priority.setdefault("preemptionPolicy", "PreemptLowerPriority")


def _validate(priority: Object) -> list[Cause]:
    name = priority["metadata"].get("name", "")
    if name in SYSTEM:
        return []
    if name.startswith(PREFIX):
        return [Cause("metadata.name", f"{RESERVED}{name} is not a known system priority class", "FieldValueForbidden")]
    return [Cause("value", TOO_HIGH, "FieldValueForbidden")] if priority.get("value", 0) > HIGHEST else []


def _update(new: Object, old: Object) -> list[Cause]:
    return immutable(new, old, "value") + immutable(new, old, "preemptionPolicy")


PRIORITY_CLASS = Rules(_default, _validate, _update)
