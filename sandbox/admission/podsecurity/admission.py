"""Refuses pods that break their namespace's policy, and warns of pods and templates that would."""

from collections.abc import Iterable
from typing import Any

from sandbox.admission.podsecurity.policies import Policy, label_causes, policy_of
from sandbox.admission.podsecurity.standards import violations
from sandbox.kinds.errors import forbidden, invalid
from sandbox.kinds.rules import Object
from sandbox.kinds.table import Kind, kind_named
from sandbox.storage.store import Store
from sandbox.storage.stored import Stored

TEMPLATES = {
    **dict.fromkeys(("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job"), ("spec", "template")),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
}


def check_pod_security(store: Store, kind: Kind, value: Object, before: Object | None) -> None:
    """Raise 403 for a pod that its namespace does not allow, 422 for a namespace with labels that mean nothing."""
    name = value["metadata"].get("name", "")
    if kind.is_custom:
        return
    if kind.built_in == "Namespace":
        causes = label_causes(_labels(value))
        if causes and causes != (label_causes(_labels(before)) if before else []):
            raise invalid(kind, name, causes)
    elif kind.built_in == "Pod" and not _is_alike(value, before):
        policy = policy_of(_namespace_labels(store, value), "enforce")
        found = violations(policy, value["metadata"], value["spec"])
        if found:
            raise forbidden(kind, name, f'violates PodSecurity "{policy}": {_joined(found)}')


def security_warnings(store: Store, kind: Kind, value: Object, before: Object | None) -> list[str]:
    """What to tell the writer of an object that was accepted."""
    if kind == kind_named("Namespace"):
        return _tightened(store, value, before) if before else []
    if kind.is_custom or (kind.built_in != "Pod" and kind.built_in not in TEMPLATES):
        return []
    if _is_alike(value, before) if kind.built_in == "Pod" else before is not None and _template(kind, before) == _template(kind, value):
        return []
    pod, policy = _template(kind, value), policy_of(_namespace_labels(store, value), "warn")
    found = violations(policy, pod.get("metadata") or {}, pod.get("spec") or {})
    return [f'would violate PodSecurity "{policy}": {_joined(found)}'] if found else []


def _template(kind: Kind, value: Any) -> Object:
    for key in TEMPLATES.get(kind.name, ()):
        value = value.get(key) or {}
    template: Object = value
    return template


def _is_alike(pod: Object, before: Object | None) -> bool:
    """Whether an update leaves everything that the checks look at."""
    return before is not None and all(
        pod["spec"].get(part) == before["spec"].get(part) for part in ("containers", "initContainers", "ephemeralContainers")
    )


def _labels(value: Object) -> dict[str, str]:
    return value["metadata"].get("labels") or {}


def _namespace_labels(store: Store, value: Object) -> dict[str, str]:
    namespace = store.get(kind_named("Namespace"), "", value["metadata"]["namespace"])
    return namespace.labels if namespace else {}


def _joined(found: list[Any]) -> str:
    return ", ".join(str(each) for each in found)


def _tightened(store: Store, value: Object, before: Object) -> list[str]:
    old, new = policy_of(_labels(before), "enforce"), policy_of(_labels(value), "enforce")
    if new == old or new.level == "privileged" or old.is_eased_to(new):
        return []
    by_reason = _existing(store, value["metadata"]["name"], new)
    if not by_reason:
        return []
    head = f'existing pods in namespace "{value["metadata"]["name"]}" violate the new PodSecurity enforce level "{new}"'
    return [head, *sorted(f"{_named(names)}: {reason}" for reason, names in by_reason.items())]


def _existing(store: Store, namespace: str, policy: Policy) -> dict[str, list[str]]:
    """The pods of a namespace that break a policy, by what they break; the first of each controller before its others."""
    found: dict[str, list[str]] = {}
    for stored in _firsts_first(store.items(kind_named("Pod"), namespace)):
        if broken := violations(policy, stored.value["metadata"], stored.value["spec"]):
            found.setdefault(", ".join(each.reason for each in broken), []).append(stored.name)
    return found


def _firsts_first(pods: Iterable[Stored]) -> list[Stored]:
    firsts: list[Stored] = []
    others: list[Stored] = []
    seen: set[str] = set()
    for stored in pods:
        references = stored.value["metadata"].get("ownerReferences") or []
        owner = next((each["uid"] for each in references if each.get("controller")), stored.name)
        (others if owner in seen else firsts).append(stored)
        seen.add(owner)
    return [*firsts, *others]


def _named(names: list[str]) -> str:
    others = len(names) - 1
    return names[0] if not others else f"{names[0]} (and {others} other {'pod' if others == 1 else 'pods'})"
