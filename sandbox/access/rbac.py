"""The RBAC authorizer: which rules a user has, and whether they cover a request."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.access.users import User
from sandbox.kinds.table import kind_named
from sandbox.storage.store import Store
from sandbox.storage.stored import Stored

Rule = dict[str, Any]


@dataclass(frozen=True)
class Attributes:
    """What a request wants; `path` is set instead of a resource for non-resource requests."""

    verb: str
    group: str = ""
    resource: str = ""
    subresource: str = ""
    namespace: str = ""
    name: str = ""
    path: str = ""

    @property
    def combined(self) -> str:
        """resource/subresource."""
        return f"{self.resource}/{self.subresource}" if self.subresource else self.resource


class Rbac:
    """Reads roles and bindings straight from the store, so a change holds at once."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def allows(self, user: User, wanted: Attributes) -> bool:
        """Whether some rule of the user covers the request."""
        return user.is_master or any(covers(rule, wanted) for rule in self.rules(user, wanted.namespace))

    def reason(self, user: User, wanted: Attributes) -> str:
        """Which binding allows the request, in the words of a review; empty if none does."""
        for binding, subject, rules in self._grants(user, wanted.namespace):
            if any(covers(rule, wanted) for rule in rules):
                return f"RBAC: allowed by {_binding_text(binding)} to {_subject_text(subject, binding.namespace)}"
        return ""

    def rules(self, user: User, namespace: str) -> Iterator[Rule]:
        """Every rule that holds for the user in a namespace (empty: cluster-wide ones only)."""
        for _, _, rules in self._grants(user, namespace):
            yield from rules

    def _grants(self, user: User, namespace: str) -> Iterator[tuple[Stored, dict[str, str], list[Rule]]]:
        """Bindings that reach the user: each with the subject that does, and the rules of its role."""
        spaces = [("ClusterRoleBinding", ""), *([("RoleBinding", namespace)] if namespace else [])]
        for kind, space in spaces:
            for binding in self._store.items(kind_named(kind), space):
                subjects = binding.value.get("subjects") or []
                subject = next((each for each in subjects if _is_subject(each, user, space)), None)
                if subject is not None:
                    yield binding, subject, self.role_rules(binding.value["roleRef"], space) or []

    def role_rules(self, reference: dict[str, str], namespace: str) -> list[Rule] | None:
        """The rules of a role; None if it does not exist."""
        is_role = reference["kind"] == "Role"
        kind = kind_named(reference["kind"])
        stored = self._store.get(kind, namespace if is_role else "", reference["name"])
        if stored is None:
            return None
        return stored.value.get("rules") or []


def covers(rule: Rule, wanted: Attributes) -> bool:
    """Whether one rule covers a request."""
    if not _has(rule.get("verbs"), wanted.verb):
        return False
    if wanted.path:
        return any(
            url in ("*", wanted.path) or (url.endswith("*") and wanted.path.startswith(url[:-1]))
            for url in rule.get("nonResourceURLs") or []
        )
    if not _has(rule.get("apiGroups"), wanted.group) or not _has_resource(rule.get("resources") or [], wanted):
        return False
    names = rule.get("resourceNames") or []
    return not names or wanted.name in names


def _has(allowed: list[str] | None, value: str) -> bool:
    return allowed is not None and ("*" in allowed or value in allowed)


def _has_resource(resources: list[str], wanted: Attributes) -> bool:
    if "*" in resources or wanted.combined in resources:
        return True
    return bool(wanted.subresource) and f"*/{wanted.subresource}" in resources


def _binding_text(binding: Stored) -> str:
    place = f"/{binding.namespace}" if binding.namespace else ""
    role = binding.value["roleRef"]
    return f'{binding.kind.name} "{binding.name}{place}" of {role["kind"]} "{role["name"]}"'


def _subject_text(subject: dict[str, str], namespace: str) -> str:
    place = f"/{subject.get('namespace') or namespace}" if subject["kind"] == "ServiceAccount" else ""
    return f'{subject["kind"]} "{subject["name"]}{place}"'


def _is_subject(subject: dict[str, str], user: User, namespace: str) -> bool:
    if subject["kind"] == "User":
        return subject["name"] == user.name
    if subject["kind"] == "Group":
        return subject["name"] in user.groups
    return user.name == f"system:serviceaccount:{subject.get('namespace') or namespace}:{subject['name']}"
