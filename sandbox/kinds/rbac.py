"""Roles and bindings: defaults, checks, the roleRef that never changes."""

from typing import Any

from sandbox.kinds.errors import Cause, bad_value, required, unsupported
from sandbox.kinds.names import is_label, is_path_segment
from sandbox.kinds.rules import Object, Rules

GROUP = "rbac.authorization.k8s.io"


def _validate_role(role: Object) -> list[Cause]:
    causes: list[Cause] = []
    for index, rule in enumerate(role.get("rules") or []):
        causes += _rule(rule, f"rules[{index}]", in_namespace="namespace" in role["metadata"])
    return causes


def _rule(rule: dict[str, Any], field: str, *, in_namespace: bool) -> list[Cause]:
    causes = [] if rule.get("verbs") else [required(f"{field}.verbs", "verbs must contain at least one value")]
    urls = rule.get("nonResourceURLs")
    if urls and in_namespace:
        return [*causes, bad_value(f"{field}.nonResourceURLs", urls, "namespaced rules cannot apply to non-resource URLs")]
    if urls:
        return causes
    if not rule.get("apiGroups"):
        causes.append(required(f"{field}.apiGroups", "resource rules must supply at least one api group"))
    if not rule.get("resources"):
        causes.append(required(f"{field}.resources", "resource rules must supply at least one resource"))
    return causes


def _default_binding(binding: Object) -> None:
    reference = binding["roleRef"]
    reference["apiGroup"] = reference.get("apiGroup") or GROUP
    for subject in binding.get("subjects") or []:
        if subject.get("kind") in ("User", "Group") and not subject.get("apiGroup"):
            subject["apiGroup"] = GROUP


def _validate_binding(binding: Object) -> list[Cause]:
    reference = binding.get("roleRef") or {}
    causes = []
    if reference.get("apiGroup") != GROUP:
        causes.append(unsupported("roleRef.apiGroup", reference.get("apiGroup", ""), (GROUP,)))
    kinds = ("Role", "ClusterRole") if "namespace" in binding["metadata"] else ("ClusterRole",)
    if reference.get("kind") not in kinds:
        causes.append(unsupported("roleRef.kind", reference.get("kind", ""), kinds))
    if not reference.get("name"):
        causes.append(required("roleRef.name"))
    for index, subject in enumerate(binding.get("subjects") or []):
        causes += _subject(subject, f"subjects[{index}]", in_namespace="namespace" in binding["metadata"])
    return causes


def _subject(subject: dict[str, Any], field: str, *, in_namespace: bool) -> list[Cause]:
    causes = [] if subject.get("name") else [required(f"{field}.name")]
    kind = subject.get("kind", "")
    if kind == "ServiceAccount":
        causes += [
            bad_value(f"{field}.name", subject.get("name", ""), why) for why in is_label(subject.get("name") or "x") if "." not in why
        ]
        if subject.get("apiGroup"):
            causes.append(unsupported(f"{field}.apiGroup", subject["apiGroup"], ("",)))
        if not in_namespace and not subject.get("namespace"):
            causes.append(required(f"{field}.namespace"))
    elif kind in ("User", "Group"):
        if subject.get("apiGroup") != GROUP:
            causes.append(unsupported(f"{field}.apiGroup", subject.get("apiGroup", ""), (GROUP,)))
    else:
        causes.append(unsupported(f"{field}.kind", kind, ("ServiceAccount", "User", "Group")))
    return causes


def _binding_update(new: Object, old: Object) -> list[Cause]:
    if new.get("roleRef") == old.get("roleRef"):
        return []
    reference = new.get("roleRef") or {}
    shown = f'{{APIGroup:"{reference.get("apiGroup", "")}", Kind:"{reference.get("kind", "")}", Name:"{reference.get("name", "")}"}}'
    return [Cause("roleRef", f"Invalid value: rbac.RoleRef{shown}: cannot change roleRef")]


ROLE = Rules(validate=_validate_role, check_name=is_path_segment)
BINDING = Rules(_default_binding, _validate_binding, _binding_update, check_name=is_path_segment)
