"""What a cluster gets once, at bootstrap, in the order in which it is applied."""

from typing import Any

from clusters.manifests import (
    member_role,
    owner_role,
    plan_namespace,
    portal_binding,
    portal_role,
    runner_role,
    service_account,
    system_namespace,
    viewer_role,
)

PARTS = (system_namespace, plan_namespace, viewer_role, member_role, owner_role, runner_role, portal_role, service_account, portal_binding)


def render(owner: str) -> list[dict[str, Any]]:
    """All objects of the bootstrap; `owner` is the value of the owner label, "cluster.<pk>"."""
    return [part.render(owner) for part in PARTS]
