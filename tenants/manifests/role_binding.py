"""The RoleBindings: the team's people, by role, to the published ClusterRoles. The portal writes no rules of its own."""

from typing import Any

from clusters.manifests.labels import PORTAL, RUNNER, SYSTEM
from tenants.manifests.facts import Facts
from tenants.manifests.metadata import metadata

RBAC = "rbac.authorization.k8s.io"
ROLES = ("viewer", "member", "owner")


def render(facts: Facts, role: str) -> dict[str, Any]:
    """The binding of one role, with an explicit empty list when nobody has it: a hand-added subject is drift."""
    return {
        "apiVersion": f"{RBAC}/v1",
        "kind": "RoleBinding",
        "metadata": metadata(facts, f"slipway-{role}"),
        "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": f"slipway-{role}"},
        "subjects": _users(facts, role) + _groups(facts, role),
    }


def render_runner(facts: Facts) -> dict[str, Any]:
    """The binding by which the portal itself deploys here, and only in namespaces like this one."""
    return {
        "apiVersion": f"{RBAC}/v1",
        "kind": "RoleBinding",
        "metadata": metadata(facts, RUNNER),
        "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": RUNNER},
        "subjects": [{"kind": "ServiceAccount", "name": PORTAL, "namespace": SYSTEM}],
    }


def _users(facts: Facts, role: str) -> list[dict[str, str]]:
    prefix = facts.identity.get("username_prefix", "")
    return [_subject("User", prefix + name) for name in sorted(facts.members.get(role, []))]


def _groups(facts: Facts, role: str) -> list[dict[str, str]]:
    """The identity provider's group of the team has the member's rights; more is given by name only."""
    if role != "member" or not facts.group:
        return []
    return [_subject("Group", facts.identity.get("group_prefix", "") + facts.group)]


def _subject(kind: str, name: str) -> dict[str, str]:
    if name.startswith("system:"):
        # The last guard behind the forms: system:masters or system:authenticated here would hand over the cluster.
        raise ValueError(f"{kind} {name} belongs to Kubernetes and is never bound")
    return {"apiGroup": RBAC, "kind": kind, "name": name}
