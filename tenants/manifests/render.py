"""All objects of one namespace in the order of their stages."""

from typing import Any

from tenants.manifests import limit_range, namespace, network_policy, resource_quota, role_binding, service_account
from tenants.manifests.facts import Facts


def render(facts: Facts) -> list[dict[str, Any]]:
    """The Namespace first; quota and limits before anything that could run in it."""
    return [
        namespace.render(facts),
        resource_quota.render(facts),
        limit_range.render(facts),
        *network_policy.render(facts),
        *(service_account.render(facts, name) for name in (service_account.WORKLOAD, service_account.ACCESS)),
        *(role_binding.render(facts, role) for role in role_binding.ROLES),
        role_binding.render_runner(facts),
    ]
