"""Which objects a ResourceQuota counts: its scopes, its scope selector, and the names of its amounts."""

from typing import Any

from sandbox.kinds.rules import Object
from sandbox.kinds.table import Kind


def in_scope(quota: Object, kind: Kind, value: Object) -> bool:
    """Whether the quota counts this object at all."""
    spec = quota.get("spec") or {}
    scopes = spec.get("scopes") or []
    if kind.built_in != "Pod":
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


def may_count(kind: Kind, names: set[str]) -> bool:
    """Whether objects of this kind use any of the named amounts."""
    if kind.built_in in ("Pod", "Service", "PersistentVolumeClaim") and not kind.group:
        return True
    return f"count/{kind.resource}" in names or (kind.plural in names and not kind.group)
