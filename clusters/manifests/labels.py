"""The marks of what the bootstrap put into a cluster, and the names that others refer to."""

from typing import Any

from kube.kinds import OWNER, PREFIX

PART = PREFIX + "part-of"
SYSTEM = "slipway-system"
PLAN = "slipway-plan"
PORTAL = "slipway-portal"
VIEWER, MEMBER, OWNER_ROLE = "slipway-viewer", "slipway-member", "slipway-owner"
RUNNER = "slipway-runner"
PUBLISHED_ROLES = (VIEWER, MEMBER, OWNER_ROLE, RUNNER)


def metadata(name: str, owner: str, **more: Any) -> dict[str, Any]:
    """The metadata of one of these objects."""
    return {"name": name, "labels": {PART: "portal", OWNER: owner}, **more}


def rule(group: str, resources: list[str], verbs: list[str], **more: Any) -> dict[str, Any]:
    """One RBAC rule."""
    return {"apiGroups": [group], "resources": resources, "verbs": verbs, **more}
