"""The RBAC authorizer: which rules a user has, and whether they cover a request."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.access.users import User
from sandbox.kinds.table import kind_named
from sandbox.selectors.labels import selects
from sandbox.storage.store import Store

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

    def rules(self, user: User, namespace: str) -> Iterator[Rule]:
        """Every rule that holds for the user in a namespace (empty: cluster-wide ones only)."""
        for binding in self._store.items(kind_named("ClusterRoleBinding")):
            if _binds(binding.value, user, ""):
                yield from self.role_rules(binding.value["roleRef"], "") or []
        if not namespace:
            return
        for binding in self._store.items(kind_named("RoleBinding"), namespace):
            if _binds(binding.value, user, namespace):
                yield from self.role_rules(binding.value["roleRef"], namespace) or []

    def role_rules(self, reference: dict[str, str], namespace: str) -> list[Rule] | None:
        """The rules of a role; None if it does not exist."""
        is_role = reference["kind"] == "Role"
        kind = kind_named(reference["kind"])
        stored = self._store.get(kind, namespace if is_role else "", reference["name"])
        if stored is None:
            return None
        aggregation = stored.value.get("aggregationRule")
        return self._aggregated(aggregation) if aggregation else stored.value.get("rules") or []

    def _aggregated(self, aggregation: dict[str, Any]) -> list[Rule]:
        selectors = aggregation.get("clusterRoleSelectors") or []
        roles = [each for each in self._store.items(kind_named("ClusterRole")) if "aggregationRule" not in each.value]
        chosen = [each for each in roles if any(selects(selector, each.labels) for selector in selectors)]
        return [rule for each in chosen for rule in each.value.get("rules") or []]


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


def _binds(binding: dict[str, Any], user: User, namespace: str) -> bool:
    return any(_is_subject(subject, user, namespace) for subject in binding.get("subjects") or [])


def _is_subject(subject: dict[str, str], user: User, namespace: str) -> bool:
    if subject["kind"] == "User":
        return subject["name"] == user.name
    if subject["kind"] == "Group":
        return subject["name"] in user.groups
    return user.name == f"system:serviceaccount:{subject.get('namespace') or namespace}:{subject['name']}"
